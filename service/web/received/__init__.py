"""What a request carries: its body, form parts, JSON, tensors, pictures."""
