"""Several digits in a row: where to cut, and the best path through the pieces."""
