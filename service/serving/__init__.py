"""Which model answers, and how: the current model, stored versions, predictions."""
