"""Training at the moments of a cron expression, by one of several hosts at a time."""
