"""Plots of what a network learnt from, and of how it learnt."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from model_store.network import ACTIVATIONS, SLOPES
from trainer.data.dataset import Dataset, Labels
from trainer.training.epoch_report import EpochReport

BLUE, ORANGE, GREY = "#1f6fb2", "#d8702a", "#8a8a8a"
_SAMPLES = 10


def sample_digits(rows: Dataset) -> Figure:
    """The first ten pictures of every digit, a line for each."""
    mosaic = np.zeros((10 * 28, _SAMPLES * 28), np.uint8)
    for digit in range(10):
        for i, row in enumerate(np.flatnonzero(rows.labels == digit)[:_SAMPLES]):
            place = np.s_[digit * 28 : digit * 28 + 28, i * 28 : i * 28 + 28]
            mosaic[place] = rows.pixels[row].reshape(28, 28)
    figure, axes = _figure(5.4, 5.4)
    axes.imshow(mosaic, cmap="Greys", vmin=0, vmax=255)
    axes.set(xticks=[], ylabel="label", title=f"Sample digits: {rows.file}")
    axes.set_yticks(np.arange(10) * 28 + 14, [str(digit) for digit in range(10)])
    return figure


def label_histograms(train: Dataset, test: Dataset) -> Figure:
    """How many rows each label has, in the training and in the test rows."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    _histogram(left, train.labels, f"Training: {len(train):,} rows", BLUE)
    _histogram(right, test.labels, f"Test: {len(test):,} rows", ORANGE)
    return figure


def _histogram(axes: Axes, labels: Labels, title: str, colour: str) -> None:
    counts = np.bincount(labels, minlength=10)
    bars = axes.bar(range(10), counts, color=colour)
    axes.bar_label(bars, fontsize=8)
    axes.set(title=title, xlabel="label", ylabel="rows", xticks=range(10))
    axes.margins(y=0.12)


def activations() -> Figure:
    """The hidden layers' activations sigma(n), and their derivatives."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    n = np.linspace(-5, 5, 1001)
    for name, colour in (("sigmoid", BLUE), ("relu", ORANGE)):
        a = ACTIVATIONS[name](n)
        left.plot(n, a, color=colour, label=name)
        right.plot(n, SLOPES[name](a), color=colour, label=name)
    left.set(title="Activations", ylabel=r"$\sigma(n)$", ylim=(-0.1, 2.1))
    right.set(title="Their derivatives", ylabel=r"$\sigma'(n)$", ylim=(-0.05, 1.1))
    for axes in (left, right):
        axes.set_xlabel("pre-activation n")
        axes.grid(alpha=0.3)
        axes.legend()
    return figure


def learning_curves(epochs: Sequence[EpochReport], loss: str) -> Figure:
    """The cost after each epoch, as in the notes and with a logarithmic axis.

    Beside it the accuracy on held-out rows, if there are any.
    """
    accuracy = _accuracies(epochs)
    panels = 2 if accuracy is None else 3
    figure = Figure(figsize=(4.5 * panels, 3.6), layout="constrained")
    numbers = [report.epoch for report in epochs]
    linear, logarithmic, *others = figure.subplots(1, panels)
    for axes, scale in ((linear, "linear"), (logarithmic, "log")):
        _curve(axes, numbers, [report.cost for report in epochs], BLUE)
        axes.set(title=f"Cost, {scale}", ylabel=f"{loss}, summed over the rows")
        axes.set_yscale(scale)
    linear.set_ylim(bottom=0)
    for axes in others:
        _curve(axes, numbers, accuracy, ORANGE)
        axes.set(title="Accuracy on held-out rows", ylabel="accuracy, %")
    for axes in (linear, logarithmic, *others):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    return figure


def accuracy_against_joules(
    epochs: Sequence[EpochReport], test_accuracy: float, source: str
) -> Figure:
    """What each epoch's accuracy had cost by then; the test accuracy is the end.

    Without held-out rows it is the cost function that is shown against the joules.
    """
    figure, axes = _figure(6, 3.8)
    joules = np.array([report.joules for report in epochs], float)
    accuracy = _accuracies(epochs)
    if accuracy is None:
        _curve(axes, joules, [report.cost for report in epochs], BLUE)
        axes.set(ylabel="cost, summed over the rows", yscale="log")
    else:
        _curve(axes, joules, accuracy, ORANGE, "held-out rows")
        axes.plot(joules[-1], 100 * test_accuracy, "*", color=BLUE, ms=13, label="test")
        axes.set_ylabel("accuracy, %")
        axes.legend(loc="lower right")
    axes.set_title(f"{joules[-1]:,.4g} J for a test accuracy of {test_accuracy:.2%}")
    axes.set_xlabel(f"energy of the training so far, J ({source})")
    axes.set_xlim(left=0, right=1.06 * joules[-1])
    return figure


def _accuracies(epochs: Sequence[EpochReport]) -> NDArray[np.float64] | None:
    """In per cent; None if no rows were held out."""
    if epochs[0].validation_accuracy is None:
        return None
    return 100 * np.array([report.validation_accuracy for report in epochs], float)


def _curve(
    axes: Axes,
    x: Sequence[float] | NDArray[np.float64],
    y: Sequence[float] | NDArray[np.float64] | None,
    colour: str,
    label: str = "",
) -> None:
    marker = "o" if len(x) <= 30 else None
    axes.plot(x, y, marker=marker, ms=3.5, color=colour, label=label)  # type: ignore[arg-type]
    axes.grid(alpha=0.3, which="both")


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of some inches with one set of axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()
