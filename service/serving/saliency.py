"""A saliency map: which pixels speak for a label, and which against it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_store.network import SLOPES, Floats, Network
from service.image import data_url
from service.image.digit_form import SIDE

# The pages' two colours, which people who confuse red and green can tell apart.
FOR: Final = (240, 141, 93)
AGAINST: Final = (109, 179, 242)
# The digit is dimmed, so that the colours are seen on its strokes.
DIMMED: Final = 0.5
ENLARGED: Final = 10
_OUTLINE: Final = 2


def saliency(
    network: Network,
    pixels: NDArray[np.uint8],
    label: int,
    rather_than: int | None = None,
) -> Floats:
    """What each pixel adds to the label's logit, to first order: (784,).

    rather_than: another label, whose logit is then subtracted.

    Gradient times input (Shrikumar et al. 2016, arXiv:1605.01713). The gradient of
    n_L[label] by a_0 follows the notes' recursion, S_{i-1} = A_{i-1} W_i S_i, from
    S_L = 1 at the label, and -1 at the other one.
    """
    a = [outputs[0] for outputs in network.activations(pixels[np.newaxis])]
    gradient = network.weights[-1][:, label]
    if rather_than is not None:
        gradient = gradient - network.weights[-1][:, rather_than]
    for i in range(len(network.weights) - 1, 0, -1):
        S = SLOPES[network.activation_names[i - 1]](a[i]) * gradient
        gradient = network.weights[i - 1] @ S
    shares: Floats = gradient * a[0]
    return shares


def saliency_text(shares: Floats, label: int, rather_than: int | None = None) -> str:
    """The same in a sentence: in which third of the ink most of it lies.

    shares: (784,), of `saliency`.
    """
    about = f"{label}" if rather_than is None else f"{label} rather than {rather_than}"
    square = shares.reshape(SIDE, SIDE)
    rows, columns = (np.flatnonzero(square.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return f"No ink spoke for {about}, or against it."
    ink = square[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    spoke_for, against = np.maximum(ink, 0), np.maximum(-ink, 0)
    return f"{_place(f'for {about}', spoke_for)} {_place('against it', against)}"


def _place(what: str, ink: Floats) -> str:
    """In which third of it most of the ink lies that spoke so; (rows, columns)."""
    total = ink.sum()
    if total == 0:
        return f"No ink spoke {what}."
    top, middle, bottom = (part.sum() / total for part in np.array_split(ink, 3))
    thirds = {"top": top, "middle": middle, "bottom": bottom}
    if 2 * ink.shape[1] >= ink.shape[0]:  # not in a 1, which has no sides
        left, _, right = (part.sum() / total for part in np.array_split(ink, 3, axis=1))
        thirds |= {"left": left, "right": right}
    third = max(thirds, key=lambda name: thirds[name])
    place = f"in the {third} third ({100 * thirds[third]:.0f} %)"
    if thirds[third] >= 0.5:
        return f"Most of what spoke {what} lies {place}."
    return f"What spoke {what} is spread, the most of it {place}."


def saliency_picture(shares: Floats, pixels: NDArray[np.uint8]) -> str:
    """A 280x280 PNG in a data URL: the digit, and on it what its pixels add.

    shares: (784,), of `saliency`. pixels: (784,), 0 to 255. What speaks for the label
    is a filled orange square, what speaks against it the outline of a blue one; the
    strongest pixel has the full colour.
    """
    strength = np.abs(shares) / max(float(np.abs(shares).max()), 1e-12)
    colours = np.where(shares[:, np.newaxis] > 0, FOR, AGAINST)
    digit = DIMMED * pixels[:, np.newaxis] * np.ones(3)
    mixed = _enlarged(digit + strength[:, np.newaxis] * (colours - digit))
    inner = np.zeros((ENLARGED, ENLARGED), bool)
    inner[_OUTLINE:-_OUTLINE, _OUTLINE:-_OUTLINE] = True
    against = (shares < 0).reshape(SIDE, SIDE)
    hollow = np.kron(against, inner).astype(bool)
    mixed[hollow] = _enlarged(digit)[hollow]
    return data_url(Image.fromarray(mixed))


def _enlarged(colours: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """(784, 3) colours as a picture whose pixels are squares."""
    small = colours.astype(np.uint8).reshape(SIDE, SIDE, 3)
    return small.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)
