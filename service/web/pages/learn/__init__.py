"""The lesson: one digit forward and backward, for people and for programs."""
