"""Plots of what a network makes of the test rows."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import ConfusionMatrixDisplay

from trainer.data.dataset import Dataset
from trainer.learning.calibration import reliability
from trainer.learning.evaluate import Evaluation
from trainer.learning.predictions import Predictions
from trainer.report.training_plots import BLUE, GREY, ORANGE

_MOSAIC_GRID = (4, 6)
# Pixels: a digit's 28, and room for the text over it.
_CELL = 36


def confusion_matrix(evaluation: Evaluation) -> Figure:
    """The notes' confusion matrix, shaded so that a few mistakes can be seen."""
    figure = Figure(figsize=(6, 5.4), layout="constrained")
    axes = figure.subplots()
    display = ConfusionMatrixDisplay(evaluation.confusion, display_labels=range(10))
    display.plot(
        ax=axes,
        cmap="Blues",
        values_format="d",
        text_kw={"fontsize": 8},
        im_kw={"norm": PowerNorm(0.4, vmin=0)},
    )
    display.im_.colorbar.set_label("test rows")
    for text, count in zip(display.text_.flat, evaluation.confusion.flat, strict=True):
        text.set_color("white" if display.im_.norm(count) > 0.5 else "black")
    axes.set(
        title=f"Confusion matrix: {evaluation.right:,} of {evaluation.rows:,} right",
        xlabel="predicted label",
        ylabel="true label",
    )
    return figure


def scorecard(evaluation: Evaluation) -> Figure:
    """The notes' success and failure of each digit, each on its own scale."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = zip(
        figure.subplots(1, 2), evaluation.scorecard.items(), (BLUE, ORANGE), strict=True
    )
    for axes, (name, counts), colour in panels:
        axes.bar_label(axes.bar(range(10), counts, color=colour), fontsize=8)
        axes.set(xlabel="true label", ylabel="test rows", xticks=range(10))
        axes.set_title(f"{name.capitalize()}: {sum(counts):,}")
        axes.set_ylim(0, 1.12 * max(*counts, 1))
    return figure


def worst_mistakes(rows: Dataset, predictions: Predictions) -> Figure:
    """The rows that it got wrong with the highest confidence, the worst first."""
    worst = predictions.worst
    texts = [
        f"{rows.labels[row]} → {predictions.labels[row]},"
        f" {predictions.confidence[row]:.1%}"
        for row in worst
    ]
    return mosaic(
        f"The worst of {len(worst):,} mistakes: true label → predicted, confidence",
        rows.pixels[worst],
        texts,
    )


def mosaic(title: str, pixels: NDArray[np.uint8], texts: Sequence[str]) -> Figure:
    """The first 24 of (n, 784) pictures, each with a text over it."""
    lines, columns = _MOSAIC_GRID
    figure = Figure(figsize=(9, 6.6), layout="constrained")
    axes = figure.subplots()
    axes.axis("off")
    axes.set_title(title)
    # One picture of all of them is drawn far faster than axes for each.
    sheet = np.zeros((lines * _CELL, columns * _CELL), np.uint8)
    for i, text in enumerate(texts[: lines * columns]):
        top, left = i // columns * _CELL, i % columns * _CELL
        place = np.s_[top + _CELL - 28 : top + _CELL, left + 4 : left + 32]
        sheet[place] = pixels[i].reshape(28, 28)
        axes.text(left + 18, top + 6, text, ha="center", va="bottom")
    axes.imshow(sheet, cmap="Greys", vmin=0, vmax=255)
    return figure


def calibration(predictions: Predictions) -> Figure:
    """The reliability diagram, with the expected calibration error."""
    bins = reliability(predictions.confidence, predictions.right)
    width = 1 / len(bins.counts)
    middles = (np.arange(len(bins.counts)) + 0.5) * width
    figure = Figure(figsize=(6, 5.8), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    filled = bins.counts > 0
    upper.bar(
        middles[filled], bins.accuracy[filled], 0.9 * width, color=BLUE,
        label="accuracy of the bin",
    )  # fmt: skip
    upper.plot(
        bins.confidence[filled], bins.accuracy[filled], "o", ms=4, color=ORANGE,
        label="at its mean confidence",
    )  # fmt: skip
    upper.plot([0, 1], [0, 1], "--", color=GREY, label="as it should be")
    upper.set(
        title=f"Expected calibration error: {bins.expected_calibration_error:.2%}",
        ylabel="fraction that is right",
        ylim=(0, 1.05),
    )
    figure.legend(loc="outside lower center", ncols=3)
    lower.bar(middles, bins.counts, 0.9 * width, color=GREY)
    lower.set(xlabel="confidence", ylabel="test rows", yscale="log", xlim=(0, 1))
    lower.set_ylim(bottom=0.5)  # so that a single row shows
    return figure
