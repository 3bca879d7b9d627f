import base64
import io
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from model_store.network import Network
from service.serving.saliency import saliency, saliency_picture, saliency_text

HIDDEN = [("relu", "relu"), ("sigmoid", "sigmoid"), ("relu", "sigmoid")]


def network(hidden: tuple[str, ...], output: str = "softmax") -> Network:
    rng = np.random.default_rng(7)
    layers = [784, 20, 15, 10]
    shapes = pairwise(layers)
    return Network(
        tuple(rng.normal(0, 0.2, shape) for shape in shapes),
        tuple(rng.normal(0, 0.2, nodes) for nodes in layers[1:]),
        (*hidden, output),
    )


def digit() -> NDArray[np.uint8]:
    rng = np.random.default_rng(3)
    return (rng.integers(0, 256, 784) * (rng.random(784) < 0.3)).astype(np.uint8)


def shown(url: str) -> NDArray[np.uint8]:
    """(28, 28, 10, 10, 3): the square of each pixel."""
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    assert picture.size == (280, 280)
    return np.asarray(picture).reshape(28, 10, 28, 10, 3).swapaxes(1, 2)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
@pytest.mark.parametrize("label", [0, 7])
def test_relevance_is_gradient_times_input(
    hidden: tuple[str, ...], output: str, label: int
) -> None:
    net, pixels, step = network(hidden, output), digit(), 1e-4
    nudged = np.eye(784) * step
    forth = net.logits(pixels + nudged)[:, label]
    back = net.logits(pixels - nudged)[:, label]
    by_differences = (forth - back) / (2 * step) * pixels
    assert saliency(net, pixels, label) == pytest.approx(by_differences, abs=1e-6)


def test_linear_network_is_explained_to_the_last_bit() -> None:
    rng = np.random.default_rng(1)
    net = Network((rng.normal(0, 1, (784, 10)),), (np.zeros(10),), ("softmax",))
    added_up = saliency(net, digit(), 4).sum()
    assert added_up == pytest.approx(net.logits(digit()[np.newaxis])[0, 4])


def test_rather_than_another_label_is_the_difference_of_both() -> None:
    net, pixels = network(("relu", "relu")), digit()
    difference = saliency(net, pixels, 7) - saliency(net, pixels, 1)
    assert saliency(net, pixels, 7, rather_than=1) == pytest.approx(difference)


def test_orange_square_spoke_for_the_label_and_a_hollow_blue_one_against_it() -> None:
    net, pixels = network(("relu", "relu")), digit()
    shares = saliency(net, pixels, 2)
    squares = shown(saliency_picture(shares, pixels)).reshape(784, 10, 10, 3)
    edges, middles = squares[:, 0, 0].astype(int), squares[:, 5, 5].astype(int)
    strong = np.abs(shares) > 0.3 * np.abs(shares).max()
    orange = edges[:, 0] > edges[:, 2]
    assert np.array_equal(orange[strong], shares[strong] > 0)
    filled = (edges == middles).all(axis=1)
    assert np.array_equal(filled[strong], shares[strong] > 0)
    assert (edges[pixels == 0] == 0).all()


def test_blank_pixels_have_nothing_to_say() -> None:
    blank = np.zeros(784, dtype=np.uint8)
    shares = saliency(network(("relu", "relu")), blank, 5)
    assert not shown(saliency_picture(shares, blank)).any()


SHARES = {
    "above": (
        {(2, 5): 3, (12, 5): 1, (20, 5): -1},
        "for 7 lies in the top third (75 %)",
    ),
    "right": ({(2, 4): 1, (9, 24): 3, (27, 25): 2, (5, 9): -1}, "right third (83 %)"),
    "spread": (
        {(r, c): 1 for r in range(9) for c in range(9)} | {(9, 9): -1},
        "What spoke for 7 is spread",
    ),
    "nothing against": ({(2, 5): 3}, "No ink spoke against it."),
    "no ink": ({}, "No ink spoke for 7, or against it."),
}


@pytest.mark.parametrize(("shares", "said"), SHARES.values(), ids=SHARES)
def test_saliency_in_words_says_where_most_of_it_lies(
    shares: dict[tuple[int, int], float], said: str
) -> None:
    square = np.zeros((28, 28))
    for place, share in shares.items():
        square[place] = share
    assert said in saliency_text(square.ravel(), 7)


def test_saliency_in_words_names_the_digit_that_it_is_not() -> None:
    shares = saliency(network(("relu", "relu")), digit(), 7, 1)
    assert "for 7 rather than 1" in saliency_text(shares, 7, 1)
