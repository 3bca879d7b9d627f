"""Counters that several processes keep in files, and that are whole on a full disk."""
