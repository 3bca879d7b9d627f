"""The source that is none: time is still measured, joules are not known."""

from collections.abc import Callable
from dataclasses import dataclass

from energy.attribution import Interval
from energy.sources.source import Energy, Reading, SourceInfo


@dataclass(frozen=True)
class Nothing:
    """Chosen by DIGITS_ENERGY_SOURCE=none; every figure is absent."""

    wall_s: Callable[[], float]
    interval_s: float = 0.0

    @property
    def info(self) -> SourceInfo:
        """The name `none`, and no domain."""
        return SourceInfo("none", "nothing", (), "switched off")

    def read(self) -> Reading:
        """Only the time."""
        return Reading(self.wall_s(), {})

    def between(self, before: Reading, after: Reading) -> Energy:
        """Nothing."""
        return Energy()

    def split(self, interval: Interval) -> None:
        """Nothing to split."""
