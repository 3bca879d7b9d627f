"""What people correct: the key of their tokens, the panel, the database."""
