"""Draws docs/plots/gradient_descent.png: where gradient descent on two variables ends.

Run it from the root of the repository: python -m docs.plots.gradient_descent
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

Point = NDArray[np.float64]
Start = tuple[float, float]

LEARNING_RATE = 0.02
# The notes stop where the gradient is zero, "at least approximately".
FLAT = 1e-4

TO_THE_GLOBAL_MINIMUM: Start = (-0.3, -0.7)
TO_A_LOCAL_MINIMUM: Start = (-0.6, -0.55)
# Two starts on either side of a ridge; somewhere between them the path stays on it.
EITHER_SIDE_OF_THE_RIDGE: tuple[Start, Start] = ((1.2, -0.5), (1.2, 0.3))


def f(x: Point, y: Point) -> Point:
    """The notes' example of a function of two variables, elementwise."""
    return np.asarray(
        3 * np.exp(-((y + 1) ** 2) - x**2) * (x - 1) ** 2
        - np.exp(-((x + 1) ** 2) - y**2) / 3
        + np.exp(-(x**2) - y**2) * (10 * x**3 - 2 * x + 10 * y**5)
    )


def gradient(point: Point) -> Point:
    """(df/dx, df/dy) at a point (x, y), by the product rule on each of f's terms."""
    x, y = point
    hill = 3 * np.exp(-((y + 1) ** 2) - x**2)
    dent = np.exp(-((x + 1) ** 2) - y**2) / 3
    bell = np.exp(-(x**2) - y**2)
    waves = 10 * x**3 - 2 * x + 10 * y**5
    return np.array([
        hill * (2 * (x - 1) - 2 * x * (x - 1) ** 2)
        + dent * 2 * (x + 1)
        + bell * (30 * x**2 - 2 - 2 * x * waves),
        -hill * 2 * (y + 1) * (x - 1) ** 2
        + dent * 2 * y
        + bell * (50 * y**4 - 2 * y * waves),
    ])  # fmt: skip


def descend(start: Start, steps: int = 2_000) -> NDArray[np.float64]:
    """The points x_0, x_1, ... of x <- x - alpha grad f, (k, 2), until it is flat."""
    path = [np.array(start)]
    while len(path) <= steps and np.linalg.norm(gradient(path[-1])) > FLAT:
        path.append(path[-1] - LEARNING_RATE * gradient(path[-1]))
    return np.array(path)


def start_on_the_ridge(one: Start, other: Start) -> Start:
    """A start between two from which the path reaches neither of their ends.

    The segment is halved until the path stops at the saddle between them.
    """
    ends = [descend(start)[-1] for start in (one, other)]
    while True:
        middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        end = descend(middle)[-1]
        if np.allclose(end, ends[0], atol=1e-3):
            one = middle
        elif np.allclose(end, ends[1], atol=1e-3):
            other = middle
        else:
            return middle


def draw() -> Figure:
    """Three paths over f's contours, and f along each of them."""
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(5, 4))
    _contours(figure, left)
    starts = {
        "global minimum": (TO_THE_GLOBAL_MINIMUM, "#d62728"),
        "local minimum": (TO_A_LOCAL_MINIMUM, "#111111"),
        "saddle point": (start_on_the_ridge(*EITHER_SIDE_OF_THE_RIDGE), "#c800c8"),
    }
    for name, (start, colour) in starts.items():
        path = descend(start)
        heights = f(path[:, 0], path[:, 1])
        left.plot(path[:, 0], path[:, 1], ".-", color=colour, ms=4, lw=1)
        left.plot(*path[0], "o", color="white", mec=colour, ms=7)
        left.plot(*path[-1], "*", color=colour, mec="white", ms=14)
        label = f"{name}: f = {heights[-1]:.3f}"
        right.plot(heights, color=colour, label=label)
        right.plot(len(heights) - 1, heights[-1], "*", color=colour, ms=11)
    right.set(title="f along each path", xlabel="iteration k", ylabel="f(x, y)")
    right.grid(alpha=0.3)
    right.legend()
    return figure


def _contours(figure: Figure, axes: Axes) -> None:
    x, y = np.meshgrid(np.linspace(-2.5, 2.5, 201), np.linspace(-2.6, 2.4, 201))
    levels = np.linspace(-7, 9, 33)
    filled = axes.contourf(x, y, f(x, y), levels, cmap="Blues_r", alpha=0.85)
    axes.contour(x, y, f(x, y), levels, colors="white", linewidths=0.4)
    figure.colorbar(filled, ax=axes, label="f(x, y)", ticks=range(-6, 10, 3))
    axes.set(xlabel="x", ylabel="y", aspect="equal")
    axes.set_title(
        r"$x \leftarrow x - \alpha\nabla f$ from circle to star,"
        rf" $\alpha = {LEARNING_RATE}$"
    )


if __name__ == "__main__":
    draw().savefig(Path(__file__).with_suffix(".png"), dpi=85)
