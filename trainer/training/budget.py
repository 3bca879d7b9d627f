"""How much of a training run is spent: of its rows, of its seconds, of its joules."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from trainer.request import Limits


@dataclass
class Budget:
    """What a run may spend, and how far it is.

    Attributes:
        rows: rows to train on in all epochs.
        limits: of its seconds and joules.
        seconds: wall time since the fit began.
        joules: likewise, None without an energy source.
    """

    rows: int
    limits: Limits
    seconds: Callable[[], float]
    joules: Callable[[], float | None]
    rows_done: int = 0

    @classmethod
    def begin(
        cls,
        rows: int,
        limits: Limits,
        joules: Callable[[], float | None],
        rows_done: int = 0,
        seconds: float = 0.0,
    ) -> "Budget":
        """A budget whose time runs from now; so much was spent before."""
        began = time.perf_counter() - seconds
        return cls(rows, limits, lambda: time.perf_counter() - began, joules, rows_done)

    def count(self, rows: int) -> None:
        """Note that so many more rows were trained on."""
        self.rows_done += rows

    @property
    def progress(self) -> float:
        """The fraction spent of whatever will be spent first, 0 to 1.

        The learning rate follows it, so that a run cut short by a budget anneals too.
        """
        return min(1.0, max(self._fractions.values()))

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.progress >= 1.0

    @property
    def stopped_by(self) -> str | None:
        """The option that ended the run before its last epoch, or None."""
        cut = {name: f for name, f in self._fractions.items() if name != "epochs"}
        over = [name for name, fraction in cut.items() if fraction >= 1.0]
        return over[0] if over and self.rows_done < self.rows else None

    @property
    def _fractions(self) -> dict[str, float]:
        max_seconds, max_joules = self.limits.max_seconds, self.limits.max_joules
        fractions = {"epochs": self.rows_done / self.rows}
        if max_seconds is not None:
            fractions["max_seconds"] = self.seconds() / max_seconds
        joules = self.joules() if max_joules is not None else None
        if max_joules is not None and joules is not None:
            fractions["max_joules"] = joules / max_joules
        return fractions
