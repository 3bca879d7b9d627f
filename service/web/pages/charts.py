"""The curves of the pages: they need no script, and a table says the same."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: its place in the drawing, and what stands there."""

    at: float
    label: str


@dataclass(frozen=True)
class Curve:
    """A line over evenly spaced steps, in a drawing of width by height.

    Attributes:
        points: the places of the line, as SVG's polyline has them.
        ticks: of the vertical axis, which is logarithmic.
        steps: how many values there are.
    """

    width: int
    height: int
    points: list[tuple[float, float]]
    ticks: list[Tick]
    steps: int

    @property
    def line(self) -> str:
        """The attribute `points` of the polyline."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


def cost_curve(costs: object, width: int, height: int) -> Curve | None:
    """The cost after each epoch; None for what is no list of positive numbers."""
    if not isinstance(costs, list) or not costs:
        return None
    if not all(isinstance(cost, int | float) and 0 < cost < 1e300 for cost in costs):
        return None
    low, high = math.log10(min(costs)), math.log10(max(costs))
    if high - low < 0.1:  # nearly flat: not every ripple is a fall
        low, high = low - 0.05, high + 0.05
    across = width / max(len(costs) - 1, 1)

    def down(cost: float) -> float:
        return height * (high - math.log10(cost)) / (high - low)

    points = [(i * across, down(cost)) for i, cost in enumerate(costs)]
    ticks = [Tick(down(value), f"{value:,g}") for value in _one_two_five(low, high)]
    return Curve(width, height, points, ticks, len(costs))


def _one_two_five(low: float, high: float) -> list[float]:
    """The values 1, 2 and 5 times powers of ten between two logarithms."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    values = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    within = [value for value in values if low <= math.log10(value) <= high]
    tens = [value for value in within if math.log10(value).is_integer()]
    return tens if len(within) > 7 and len(tens) > 1 else within


def accuracy_dots(
    shares: Sequence[tuple[int, float, float, float]], width: int, height: int
) -> list[dict[str, float]]:
    """A dot for each version with its interval: (version, share, low, high) each."""
    lowest = min(low for _, _, low, _ in shares)
    highest = max(high for _, _, _, high in shares)
    span = max(highest - lowest, 1e-6)
    across = width / len(shares)
    return [
        {
            "version": version,
            "share": share,
            "x": (i + 0.5) * across,
            "y": height * (highest - share) / span,
            "low": height * (highest - low) / span,
            "high": height * (highest - high) / span,
        }
        for i, (version, share, low, high) in enumerate(shares)
    ]
