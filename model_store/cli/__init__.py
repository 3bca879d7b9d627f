"""The commands of the model store, and what the commands of all programs share."""
