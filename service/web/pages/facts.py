"""What the pages say of one version; what its metadata does not tell is unknown."""

from dataclasses import dataclass
from typing import Any

from model_store import Card
from model_store.card_text import wilson
from service.serving.results import Results, read_results
from service.web.pages.charts import Curve, cost_curve
from service.web.services import services

_SPARK = (96, 24)


@dataclass(frozen=True)
class VersionFacts:
    """A version as the pages show it.

    Attributes:
        states: words for what it is now: served, pinned, newest, canary, withdrawn.
        spark: its cost curve in small.
        results: what it makes of each test row, if its trainer left that.
    """

    version: int
    card: Card
    states: list[str]
    spark: Curve | None
    results: Results | None

    @property
    def servable(self) -> bool:
        """Whether it may be served."""
        return "withdrawn" not in self.states

    @property
    def right(self) -> int | None:
        """How many test rows it reads right."""
        return right_of(self.card)

    @property
    def accuracy(self) -> str:
        """Right of how many, with the 95 % interval."""
        return accuracy_of(self.card)

    @property
    def test_name(self) -> str:
        """The rows that it was tested on, by name and number."""
        rows = self.card.test_rows
        name = self.card.test_set.get("file", "rows that are unknown")
        return f"{rows:,} rows of {name}" if rows else str(name)

    @property
    def confusion(self) -> list[list[int]] | None:
        """The confusion matrix, 10 by 10 counts: a row for each truth."""
        matrix = self.card.metrics.get("confusion_matrix")
        if not isinstance(matrix, list) or len(matrix) != 10:
            return None
        for row in matrix:
            if not isinstance(row, list) or len(row) != 10:
                return None
            if not all(isinstance(count, int) and count >= 0 for count in row):
                return None
        return matrix

    @property
    def worst_confusion(self) -> int:
        """The largest count beside the diagonal, to which errors are shaded."""
        matrix = self.confusion or []
        return max(
            (n for i, row in enumerate(matrix) for j, n in enumerate(row) if i != j),
            default=0,
        )

    @property
    def energy(self) -> str:
        """The joules of the training with their source and range."""
        energy, joules = self.card.energy, self.card.joules
        if joules is None or not energy.get("source"):
            return "unknown"
        low, high = energy.get("low_joules"), energy.get("high_joules")
        bounds = isinstance(low, int | float) and isinstance(high, int | float)
        span = f", {low:,.0f} to {high:,.0f} J" if bounds else ""
        return f"{joules:,.0f} J ({energy['source']}{span})"

    def seconds_of(self, name: str) -> str:
        """A figure of the energy section in seconds."""
        value = self.card.energy.get(name)
        return f"{value:,.1f} s" if isinstance(value, int | float) else "unknown"


def right_of(card: Card) -> int | None:
    """How many test rows are read right."""
    accuracy, rows = card.test_accuracy, card.test_rows
    if accuracy is None or rows is None or not 0 <= accuracy <= 1:
        return None
    return round(accuracy * rows)


def accuracy_of(card: Card | None) -> str:
    """Right of how many, with the 95 % interval."""
    right = right_of(card) if card else None
    rows = card.test_rows if card else None
    if right is None or rows is None:
        return "unknown"
    low, high = wilson(right, rows)
    return f"{right:,} of {rows:,} right ({100 * low:.2f} to {100 * high:.2f} %)"


def facts_of(version: int, card: Card) -> VersionFacts:
    """What is known of a version at this moment."""
    models = services().models
    canary = models.share if models.share and models.canary else None
    words = {
        "served": models.loaded is not None and models.loaded.version == version,
        "pinned": models.pinned == version,
        "newest": services().store.newest() == version,
        "canary": canary is not None and canary.version == version,
        "withdrawn": services().store.withdrawals.has(version),
    }
    spark = cost_curve(card.metrics.get("cost_history"), *_SPARK)
    results = read_results(services().store.root / "reports" / f"{version:06d}")
    states = [word for word, holds in words.items() if holds]
    return VersionFacts(version, card, states, spark, results)


def differing_settings(a: Card, b: Card) -> list[tuple[str, Any, Any]]:
    """The settings of two trainings that are not the same: name, a's, b's."""
    facts = [{"layers": it.layers, "loss": it.loss, **it.training} for it in (a, b)]
    names = dict.fromkeys([*facts[0], *facts[1]])
    rows = [(name, *(fact.get(name, "unknown") for fact in facts)) for name in names]
    return [row for row in rows if row[1] != row[2]]
