"""How well it reads and what it learns: how much is right, not how fast."""
