"""Why a run is done, and whether it may begin and publish."""

from collections.abc import Mapping
from typing import Any

from trainer.errors import TrainerError


class NothingNew(TrainerError):
    """The same run has been done: nothing that it would learn from has changed.

    Attributes: since, what did it.
    """

    def __init__(self, since: str) -> None:
        super().__init__(
            f"skipped: the same data, corrections, settings and code as {since}"
        )
        self.since = since


class LeaseLost(TrainerError):
    """Another scheduler has taken over: this one must not publish."""

    def __init__(self) -> None:
        super().__init__(
            "the lease was lost to another scheduler: nothing is published by this run"
        )


class Occasion:
    """A run by hand: it is always done, and always allowed to publish."""

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Called once it is known what the run would learn from. Raises NothingNew."""

    def permit(self) -> None:
        """Called right before each attempt to publish. Raises LeaseLost."""


BY_HAND = Occasion()
