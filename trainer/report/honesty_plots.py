"""Plots of what a network makes of pictures that are no digit."""

import numpy as np
from matplotlib.figure import Figure

from model_store.network import Network
from trainer.augmentation.non_digits.unseen import unseen_non_digits
from trainer.learning.evaluate import confidence
from trainer.learning.honesty import Honesty
from trainer.report.result_plots import mosaic


def surest_non_digits(network: Network, temperature: float, honesty: Honesty) -> Figure:
    """Those of the unseen non-digits that it is surest of, the surest first."""
    pixels = unseen_non_digits()
    logits = network.logits(pixels)
    sure, labels = confidence(logits, temperature), logits.argmax(axis=1)
    surest = np.argsort(-sure, kind="stable")[:24]
    texts = [f"{labels[row]}, {sure[row]:.1%}" for row in surest]
    title = (
        f"{honesty.over_0_9:.1%} of {honesty.rows:,} non-digits over 0.9;"
        " the surest of them"
    )
    return mosaic(title, pixels[surest], texts)
