"""A training run: epochs, limits, checkpoints, progress."""
