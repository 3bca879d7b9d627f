"""What the page /learn shows of a lesson: layers as grids, weights, a falling loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model_store.network import Network
from service.serving.lesson import Lesson
from service.web.pages.learn.node import Node, node_of
from service.web.pages.learn.pictures import grid, signed

_WIDTH, _HEIGHT = 300, 120


@dataclass(frozen=True)
class Figures:
    """Pictures are data URLs; of two that are compared, the scale is the same.

    Attributes:
        nodes: one of each hidden layer.
        a, S: the hidden layers' activations and sensitivities, a square a node.
        before, after, difference: the last W, its columns as rows.
        curve: F over the updates, as the points of an SVG polyline.
    """

    nodes: list[Node]
    a: list[str]
    S: list[str]
    before: str
    after: str
    difference: str
    curve: str


def figures(network: Network, lesson: Lesson, numbers: Sequence[int | None]) -> Figures:
    """All of them; `numbers` are those of the nodes to look at, a hidden layer each."""
    W, changed = network.weights[-1].T, lesson.learnt.weights[-1].T
    scale = float(np.percentile(np.abs(W), 99.5))
    return Figures(
        nodes=[node_of(network, lesson, i, j) for i, j in enumerate(numbers, 1)],
        a=[grid(layer, float(layer.max())) for layer in lesson.a[1:-1]],
        S=[grid(layer, float(np.abs(layer).max())) for layer in lesson.S[:-1]],
        before=signed(W, scale),
        after=signed(changed, scale),
        difference=signed(changed - W, float(np.abs(changed - W).max())),
        curve=_curve(lesson.losses),
    )


def _curve(losses: list[float]) -> str:
    highest = max(*losses, 1e-12)
    across = _WIDTH / max(len(losses) - 1, 1)
    return " ".join(
        f"{step * across:.1f},{_HEIGHT * (1 - F / highest):.1f}"
        for step, F in enumerate(losses)
    )
