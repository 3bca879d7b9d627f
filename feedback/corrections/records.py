"""What is said of corrections: as they come in, as they are stored, as they are judged.

Nothing here needs the database's library, which takes a moment to load.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

PENDING: Final = "pending"
QUARANTINED: Final = "quarantined"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"
STATES: Final = (PENDING, QUARANTINED, ACCEPTED, REJECTED, WITHDRAWN)
NO_DIGIT: Final = "none"
LABELS: Final = (*"0123456789", NO_DIGIT)


def as_json(label: str) -> int | str:
    """A label in a document: a digit is a number there."""
    return label if label == NO_DIGIT else int(label)


@dataclass(frozen=True)
class Submission:
    """A correction as the service understood it; the fields are Correction's."""

    pixels: bytes
    digest: str
    predicted: str
    confidence: float
    version: int
    label: str
    client: str
    panel: float


@dataclass(frozen=True)
class Correction:
    """A stored one.

    Attributes:
        pixels: 784 grey levels, 0 to 255; None once they are erased.
        digest: by which they are known.
        predicted, confidence, version: the answer that was corrected.
        given: what the sender says that the picture shows, a digit or "none".
        label: what counts: a reviewer's label, else the given one.
        client: who sent it, as Tokens.client names them.
        panel: the probability that the newest versions together gave the given label.
        reason: the automatic rule that it broke, if any.
    """

    id: int
    created: datetime
    pixels: bytes | None
    digest: str
    predicted: str
    confidence: float
    version: int
    given: str
    label: str
    client: str
    state: str
    panel: float | None
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """What a reviewer is told of it; no pixels, and nobody's name."""
        return {
            "id": self.id,
            "created": self.created.isoformat(timespec="seconds"),
            "label": as_json(self.label),
            "given": as_json(self.given),
            "predicted": as_json(self.predicted),
            "confidence": self.confidence,
            "model": {"version": self.version},
            "state": self.state,
            "panel": self.panel,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Usage:
    """How much a version was used, by all services that share the database.

    Attributes:
        predictions: as of the last correction or review that each service took.
        corrected: of its answers, by corrections that were accepted.
    """

    predictions: int = 0
    corrected: int = 0


@dataclass(frozen=True)
class Waiting:
    """How many corrections wait for a person, and how many answers were corrected.

    Attributes:
        oldest: since when the first one waits, None if none does.
        usage: of the newest versions.
    """

    count: int
    oldest: datetime | None
    usage: Mapping[int, Usage] = field(default_factory=dict)


@dataclass(frozen=True)
class Review:
    """A person's decision.

    Attributes:
        decision: the state that it brings, accepted or rejected.
        reviewer: who decided.
        label: what the correction is relabelled to; None leaves its label.
    """

    decision: str
    reviewer: str
    label: str | None = None
