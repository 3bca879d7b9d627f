"""A service under load: the clients, what disturbs it, and what is counted."""
