"""What the service tells of itself: metrics, energy, log lines, spans."""
