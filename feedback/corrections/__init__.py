"""What people correct: what comes in, what is decided, what is learnt."""
