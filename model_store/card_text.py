"""A version's card for a person: what it is and how good, on one screen."""

import textwrap
from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Any

from model_store.card import Card

_WIDTH, _NAMES = 80, 10
_Z = 1.96  # 95 % of a normal distribution


def card_text(version: int, card: Card) -> str:
    """About twenty lines of at most 80 characters; what is unknown says so.

    The metadata may come from another program, so nothing in it is relied on.
    """
    lines = [f"version {version}, created {card.created}"]
    for name, text in _facts(card):
        lines += textwrap.wrap(
            f"{name:<{_NAMES}}{text}",
            _WIDTH,
            subsequent_indent=" " * _NAMES,
            break_on_hyphens=False,
        )
    return "\n".join([*lines, *_scorecard(card.metrics), "--json prints all of it"])


def _facts(card: Card) -> Iterable[tuple[str, str]]:
    train, test = _part(card.data, "train"), card.test_set
    yield "layers", "-".join(map(str, card.layers)) + f": {', '.join(card.activations)}"
    yield "loss", card.loss
    yield "settings", _settings(card.training)
    yield "learnt", f"{_figure(train, 'rows')} rows of {train.get('file', 'unknown')}"
    yield "tested", f"{_figure(test, 'rows')} rows of {test.get('file', 'unknown')}"
    yield "right", _right(card)
    yield "held out", _held_out(card)
    yield "cost", _cost(card.metrics.get("cost_history"))
    yield "energy", _energy(card.energy)
    yield "software", _named(card.software)
    yield "parent", f"version {card.parent}" if card.parent else "none"


def _settings(training: Mapping[str, Any]) -> str:
    return _named({n: v for n, v in training.items() if v is not None}, "{}={}")


def _right(card: Card) -> str:
    rows, accuracy = card.test_rows, card.test_accuracy
    if accuracy is None or rows is None or not 0 <= accuracy <= 1:
        return "unknown"
    low, high = wilson(round(accuracy * rows), rows)
    return (
        f"{round(accuracy * rows):,} of {rows:,} test rows: {accuracy:.2%}"
        f" (95 % interval {low:.2%} to {high:.2%})"
    )


def wilson(right: int, rows: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), 0 to 1."""
    share, spread = right / rows, _Z**2 / rows
    centre = share + spread / 2
    reach = _Z * sqrt(share * (1 - share) / rows + spread / (4 * rows))
    return (centre - reach) / (1 + spread), (centre + reach) / (1 + spread)


def _held_out(card: Card) -> str:
    accuracy = card.metrics.get("validation_accuracy")
    if not isinstance(accuracy, int | float):
        return "no rows, so its confidence is not calibrated"
    return f"{accuracy:.2%} of the rows right; temperature {card.temperature:.3g}"


def _cost(history: Any) -> str:
    costs = history if isinstance(history, list) else []
    if not costs or not all(isinstance(cost, int | float) for cost in costs):
        return "unknown"
    return f"{costs[0]:.5g} after epoch 1, {costs[-1]:.5g} after epoch {len(costs)}"


def _energy(energy: Mapping[str, Any]) -> str:
    if not isinstance(energy.get("joules"), int | float):
        return "unknown"
    low, high = _figure(energy, "low_joules"), _figure(energy, "high_joules")
    return (
        f"{_figure(energy, 'joules')} J ({energy.get('source')}, {low} to {high} J) in"
        f" {_figure(energy, 'seconds')} s; {_figure(energy, 'co2e_grams')} g CO2e;"
        f" {_figure(energy, 'bulb_seconds')} s of a 28 W bulb"
    )


def _scorecard(metrics: Mapping[str, Any]) -> list[str]:
    """The notes' success and failure of each digit."""
    counts = _part(metrics, "per_digit")
    rows = {"digit": range(10), **{n: counts.get(n) for n in ("success", "failure")}}
    return [
        f"{name:<{_NAMES}}" + "".join(f"{count:>6}" for count in row)
        for name, row in rows.items()
        if isinstance(row, range | list)
    ]


def _part(section: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = section.get(name)
    return part if isinstance(part, dict) else {}


def _figure(section: Mapping[str, Any], name: str) -> str:
    value = section.get(name)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.4g}" if isinstance(value, float) else "unknown"


def _named(section: Mapping[str, Any], form: str = "{} {}") -> str:
    return ", ".join(form.format(*item) for item in section.items()) or "unknown"
