"""One hidden node, and its path: where its n comes from, and where its a goes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from model_store.network import Floats, Network
from service.serving.lesson import Lesson
from service.web.pages.learn.pictures import COLUMNS, square

_FED: Final = 5


@dataclass(frozen=True)
class Node:
    """A node of a hidden layer, from 1 on; its number in the layer is from 0 on.

    Attributes:
        weights, products: its column of W, and that times the a before it, as pictures.
        total: the sum of the products. bias, n, a: the rest of the sum, and its end.
        S: how much F changes with n.
        fed: the nodes of the next hidden layer whose n it changes most, and by how
            much: a W; none before the output layer.
        adds: what its a adds to each of the ten n of the output, to first order.
    """

    layer: int
    number: int
    weights: str
    products: str
    total: float
    bias: float
    n: float
    a: float
    S: float
    fed: list[tuple[int, float]]
    adds: list[float]

    @property
    def columns(self) -> int:
        """How wide its layer's grid is."""
        return COLUMNS

    @property
    def column(self) -> int:
        """Where it is in its layer's grid."""
        return self.number % COLUMNS

    @property
    def row(self) -> int:
        """Where it is in its layer's grid."""
        return self.number // COLUMNS


def node_of(network: Network, lesson: Lesson, layer: int, number: int | None) -> Node:
    """That node; the one with the largest a, if no number is given."""
    if number is None:
        number = int(lesson.a[layer].argmax())
    w = network.weights[layer - 1][:, number]
    products = w * lesson.a[layer - 1]
    return Node(
        layer=layer,
        number=number,
        weights=square(w, float(np.percentile(np.abs(w), 99.5))),
        products=square(products, float(np.abs(products).max())),
        total=float(products.sum()),
        bias=float(network.biases[layer - 1][number]),
        n=float(lesson.n[layer - 1][number]),
        a=float(lesson.a[layer][number]),
        S=float(lesson.S[layer - 1][number]),
        fed=_fed(network, lesson, layer, number),
        adds=_adds(network, lesson, layer, number).tolist(),
    )


def _fed(
    network: Network, lesson: Lesson, layer: int, number: int
) -> list[tuple[int, float]]:
    if layer + 1 == len(network.weights):
        return []
    changes = lesson.a[layer][number] * network.weights[layer][number]
    strongest = np.argsort(-np.abs(changes), kind="stable")[:_FED]
    return [(int(k), float(changes[k])) for k in strongest]


def _adds(network: Network, lesson: Lesson, layer: int, number: int) -> Floats:
    """a_r times the derivative of n_L by it: W A W ... W, row r of the first W."""
    along = network.weights[layer][number]
    for A, W in zip(lesson.slopes[layer:], network.weights[layer + 1 :], strict=False):
        along = (along * A) @ W
    added: Floats = lesson.a[layer][number] * along
    return added
