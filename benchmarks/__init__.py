"""What is measured: each module runs ours and a reference in one process."""
