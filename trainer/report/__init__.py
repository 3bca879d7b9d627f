"""The plots and pages that show what a training run came to."""
