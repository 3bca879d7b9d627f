"""What a scrape shows, and what is read from the counters of all workers."""
