"""The search for better settings, by Optuna."""
