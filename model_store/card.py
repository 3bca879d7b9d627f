"""The metadata that every model file carries: how it came about and how good it is."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

FORMAT = 1


class InvalidCard(ValueError):
    """Metadata that is not JSON of format 1; the text says what is wrong."""


@dataclass(frozen=True)
class Card:
    """Format 1 of the metadata; see docs/architecture.md for an example.

    Attributes:
        created: when, in UTC, as ISO 8601.
        layers: the nodes of each layer.
        activations: the activation of each layer after the first.
        loss: "tse" or "cross-entropy".
        training: every setting of the run, and what stopped it.
        data: source ("mnist" or "embedded"), files, rows, SHA-256.
        metrics: test accuracy, per-digit success and failure, cost per epoch ...
        energy: joules (None without a source), source, bounds, co2e_grams ...
        software: versions of Python and of the libraries.
        parent: the version that was served when this one was published.
    """

    created: str
    layers: list[int]
    activations: list[str]
    loss: str
    training: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    energy: Mapping[str, Any] = field(default_factory=dict)
    software: Mapping[str, Any] = field(default_factory=dict)
    parent: int | None = None

    @property
    def test_accuracy(self) -> float | None:
        """The fraction of test rows that are right, if it was measured."""
        return self._number(self.metrics, "test_accuracy")

    @property
    def test_rows(self) -> int | None:
        """How many rows the test accuracy was measured on, if that is known."""
        rows = self._number(self.metrics, "test_rows")
        return int(rows) if rows is not None and rows > 0 else None

    @property
    def test_set(self) -> Mapping[str, Any]:
        """The rows that it was tested on: file, rows, sha256, as far as known."""
        named = self.data.get("test")
        return named if isinstance(named, dict) else {}

    @property
    def joules(self) -> float | None:
        """The energy of the training run, if it had a source."""
        return self._number(self.energy, "joules")

    @property
    def created_timestamp(self) -> float | None:
        """`created` in seconds since 1970, UTC by default; None if it is not a time."""
        try:
            time = datetime.fromisoformat(self.created)
        except ValueError:
            return None
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()

    @property
    def is_calibrated(self) -> bool:
        """Whether a temperature was found on held-out rows."""
        return (self._number(self.metrics, "temperature") or 0) > 0

    @property
    def temperature(self) -> float:
        """What logits are divided by for `confidence`; 1 if it is not calibrated."""
        found = self._number(self.metrics, "temperature")
        return found if found is not None and found > 0 else 1.0

    @property
    def is_embedded(self) -> bool:
        """Whether it learnt from the embedded set rather than from MNIST."""
        return self.data.get("source") == "embedded"

    @staticmethod
    def _number(section: Mapping[str, Any], name: str) -> float | None:
        value = section.get(name)
        return value if isinstance(value, int | float) else None

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON shows it."""
        return {"format": FORMAT, **asdict(self)}

    def to_json(self) -> str:
        """The text that goes into the model file."""
        return json.dumps(self.to_dict(), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Parse the text of a model file; raises InvalidCard."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidCard(f"its metadata is not JSON ({error})") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise InvalidCard(f"its metadata is not of format {FORMAT}")
        card = {f.name: found[f.name] for f in fields(cls) if f.name in found}
        _check_types(card)
        return cls(**card)


_TYPES: dict[str, tuple[type, ...]] = {
    "created": (str,),
    "layers": (list,),
    "activations": (list,),
    "loss": (str,),
    "training": (dict,),
    "data": (dict,),
    "metrics": (dict,),
    "energy": (dict,),
    "software": (dict,),
    "parent": (int, type(None)),
}


def _check_types(card: Mapping[str, Any]) -> None:
    for name in ("created", "layers", "activations", "loss"):
        if name not in card:
            raise InvalidCard(f"its metadata lacks {name!r}")
    for name, value in card.items():
        if not isinstance(value, _TYPES[name]):
            raise InvalidCard(f"its metadata's {name!r} is a {type(value).__name__}")
    _check_items(card, "layers", int)
    _check_items(card, "activations", str)


def _check_items(card: Mapping[str, Any], name: str, kind: type) -> None:
    if not all(isinstance(item, kind) for item in card[name]):
        raise InvalidCard(f"its metadata's {name!r} are not all {kind.__name__}")
