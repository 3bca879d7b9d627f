"""The budget: what is spent first ends the run, and is told by name."""

from collections.abc import Callable

import pytest

from trainer.request import Limits
from trainer.training.budget import Budget


def budget(
    rows_done: int,
    seconds: float = 0.0,
    joules: float | None = 0.0,
    max_seconds: float | None = None,
    max_joules: float | None = None,
) -> Budget:
    """100 rows in all, and this much spent."""
    limits = Limits(max_seconds, max_joules)
    made = Budget(100, limits, lambda: seconds, lambda: joules)
    made.count(rows_done)
    return made


CASES: dict[str, tuple[Callable[[], Budget], float, bool, str | None]] = {
    "nothing yet": (lambda: budget(0), 0.0, False, None),
    "a quarter of the rows": (lambda: budget(25), 0.25, False, None),
    "all rows": (lambda: budget(100), 1.0, True, None),
    "half the seconds": (lambda: budget(10, 5, max_seconds=10), 0.5, False, None),
    "all seconds": (lambda: budget(10, 11, max_seconds=10), 1.0, True, "max_seconds"),
    "all joules": (lambda: budget(10, joules=3, max_joules=2), 1.0, True, "max_joules"),
    "seconds spent with the last row": (
        lambda: budget(100, 11, max_seconds=10), 1.0, True, None,
    ),
    "joules that nothing measures": (
        lambda: budget(10, joules=None, max_joules=2), 0.1, False, None,
    ),
    "rows ahead of the seconds": (
        lambda: budget(60, 5, max_seconds=10), 0.6, False, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "progress", "spent", "stopped_by"), CASES.values(), ids=CASES
)
def test_what_is_spent_first_counts(
    make: Callable[[], Budget], progress: float, spent: bool, stopped_by: str | None
) -> None:
    made = make()
    assert made.progress == pytest.approx(progress)
    assert made.spent == spent
    assert made.stopped_by == stopped_by
