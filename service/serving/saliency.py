"""A saliency map: which pixels speak for a label, and which against it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_store.network import SLOPES, Floats, Network
from service.image import data_url
from service.image.digit_form import SIDE

FOR: Final = (255, 40, 30)
AGAINST: Final = (40, 90, 255)
# The digit is dimmed, so that the colours are seen on its strokes.
DIMMED: Final = 0.5
ENLARGED: Final = 10


def saliency(network: Network, pixels: NDArray[np.uint8], label: int) -> Floats:
    """What each pixel adds to the label's logit, to first order: (784,).

    Gradient times input (Shrikumar et al. 2016, arXiv:1605.01713). The gradient of
    n_L[label] by a_0 follows the notes' recursion, S_{i-1} = A_{i-1} W_i S_i, from
    S_L = 1 at the label.
    """
    a = [outputs[0] for outputs in network.activations(pixels[np.newaxis])]
    gradient = network.weights[-1][:, label]
    for i in range(len(network.weights) - 1, 0, -1):
        S = SLOPES[network.activation_names[i - 1]](a[i]) * gradient
        gradient = network.weights[i - 1] @ S
    shares: Floats = gradient * a[0]
    return shares


def saliency_picture(network: Network, pixels: NDArray[np.uint8], label: int) -> str:
    """A 280x280 PNG in a data URL: the digit, red where a pixel speaks for the label.

    pixels: (784,), 0 to 255. Blue speaks against it; the strongest pixel has the full
    colour.
    """
    shares = saliency(network, pixels, label)
    strength = np.abs(shares) / max(float(np.abs(shares).max()), 1e-12)
    colours = np.where(shares[:, np.newaxis] > 0, FOR, AGAINST)
    digit = DIMMED * pixels[:, np.newaxis] * np.ones(3)
    mixed = digit + strength[:, np.newaxis] * (colours - digit)
    picture = Image.fromarray(mixed.astype(np.uint8).reshape(SIDE, SIDE, 3))
    return data_url(picture.resize((SIDE * ENLARGED,) * 2, Image.Resampling.NEAREST))
