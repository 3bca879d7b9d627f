"""Corrections from people, and the trainer's runs: their tables, rules and commands."""
