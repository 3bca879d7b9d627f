"""The mathematics: gradients, updates, what an epoch learns from, evaluation."""
