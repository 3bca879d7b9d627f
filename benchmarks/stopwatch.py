"""Timing a piece of code so that a busy machine disturbs it least."""

import time
from collections.abc import Callable


def best_seconds(action: Callable[[], object], repeats: int = 5) -> float:
    """The shortest wall time of several runs."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)
