"""Where the repository is, and an environment that sets nothing of the programs."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def without_settings() -> dict[str, str]:
    """This process's environment, without its DIGITS_ variables."""
    return {k: v for k, v in os.environ.items() if not k.startswith("DIGITS_")}
