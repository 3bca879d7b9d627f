"""Who may ask, and how often: keys, rate limits, trusted proxies."""
