"""The pictures of the page /learn: layers as grids, weights, a falling loss."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_store.network import Floats, Network
from service.image import data_url
from service.serving.lesson import Lesson
from service.serving.saliency import AGAINST, FOR

_COLUMNS = 25
_NEUTRAL = (247, 247, 244)
_WIDTH, _HEIGHT = 300, 120


@dataclass(frozen=True)
class Unit:
    """One node of the first layer: how its n comes about.

    Attributes:
        weights, products: its column of W_1, and that times a_0, as pictures.
        total: the sum of the products. bias, n, a: the rest of the sum, and its end.
    """

    node: int
    weights: str
    products: str
    total: float
    bias: float
    n: float
    a: float


@dataclass(frozen=True)
class Figures:
    """Pictures are data URLs; of two that are compared, the scale is the same.

    Attributes:
        a, S: the hidden layers' activations and sensitivities, a square a node.
        before, after, difference: the last W, its columns as rows.
        curve: F over the updates, as the points of an SVG polyline.
    """

    unit: Unit
    a: list[str]
    S: list[str]
    before: str
    after: str
    difference: str
    curve: str


def figures(network: Network, lesson: Lesson) -> Figures:
    """All of them for one lesson of a network."""
    W, changed = network.weights[-1].T, lesson.learnt.weights[-1].T
    scale = float(np.percentile(np.abs(W), 99.5))
    return Figures(
        unit=_unit(network, lesson),
        a=[_grid(layer, float(layer.max())) for layer in lesson.a[1:-1]],
        S=[_grid(layer, float(np.abs(layer).max())) for layer in lesson.S[:-1]],
        before=_signed(W, scale),
        after=_signed(changed, scale),
        difference=_signed(changed - W, float(np.abs(changed - W).max())),
        curve=_curve(lesson.losses),
    )


def _unit(network: Network, lesson: Lesson) -> Unit:
    node = int(lesson.a[1].argmax())
    w = network.weights[0][:, node]
    products, side = w * lesson.a[0], int(np.sqrt(len(w)))
    square = (side, -1) if side * side == len(w) else (1, -1)
    return Unit(
        node=node,
        weights=_signed(w.reshape(square), float(np.percentile(np.abs(w), 99.5))),
        products=_signed(products.reshape(square), float(np.abs(products).max())),
        total=float(products.sum()),
        bias=float(network.biases[0][node]),
        n=float(lesson.n[0][node]),
        a=float(lesson.a[1][node]),
    )


def _grid(values: Floats, scale: float) -> str:
    """A square for each node, 25 in a row; what is beyond the last node is neutral."""
    rows = -(-len(values) // _COLUMNS)
    padded = np.zeros(rows * _COLUMNS)
    padded[: len(values)] = values
    return _signed(padded.reshape(rows, _COLUMNS), scale)


def _signed(values: Floats, scale: float) -> str:
    """Orange is plus, blue is minus, and the strongest colour stands for `scale`."""
    strength = np.clip(values / max(scale, 1e-12), -1, 1)[..., np.newaxis]
    full = np.where(strength > 0, FOR, AGAINST)
    mixed = _NEUTRAL + np.abs(strength) * (full - np.array(_NEUTRAL))
    pixels: NDArray[np.uint8] = mixed.astype(np.uint8)
    return data_url(Image.fromarray(pixels))


def _curve(losses: list[float]) -> str:
    highest = max(*losses, 1e-12)
    across = _WIDTH / max(len(losses) - 1, 1)
    return " ".join(
        f"{step * across:.1f},{_HEIGHT * (1 - F / highest):.1f}"
        for step, F in enumerate(losses)
    )
