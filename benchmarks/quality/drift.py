"""What the drift figures say of digits that are shifted, blurred, turned or pale.

python -m benchmarks.quality.drift MODEL.npz MNIST_TEST.csv. The reference is of half of
the rows, drawn at random; the others, changed in each way, are what people would send.
"""

from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from model_store.files.npz import content, parse
from model_store.reference import Reference, Shares
from trainer.data.dataset import Dataset
from trainer.data.mnist_csv import read_csv
from trainer.learning.predictions import predict
from trainer.learning.reference import reference_of

Pictures = NDArray[np.uint8]  # (n, 28, 28)
_LEAST = 1e-4


def psi(found: Reference, reference: Reference) -> float:
    """The population stability index of the labels, as drift.yml has it."""
    p, q = (np.maximum(r.label_ratios, _LEAST) for r in (found, reference))
    return float(((p - q) * np.log(p / q)).sum())


def ks(found: Shares, reference: Shares) -> float:
    """The largest gap between two cumulative histograms, as drift.yml has it."""
    p, q = (np.array(s.cumulative) / sum(s.counts) for s in (found, reference))
    return float(np.abs(p - q).max())


def _shifted(pixels: int) -> Callable[[Pictures], Pictures]:
    return lambda pictures: np.roll(pictures, (pixels, pixels), (1, 2))


def _filtered(change: Callable[..., NDArray[np.float64]]) -> Callable[..., Pictures]:
    def changed(pictures: Pictures) -> Pictures:
        result = change(pictures.astype(np.float64))
        return np.clip(result, 0, 255).astype(np.uint8)

    return changed


CHANGES: dict[str, Callable[[Pictures], Pictures]] = {
    "unchanged": lambda pictures: pictures,
    "moved 2 pixels": _shifted(2),
    "moved 4 pixels": _shifted(4),
    "blurred (sigma 1)": _filtered(lambda p: ndimage.gaussian_filter(p, (0, 1, 1))),
    "turned 20 degrees": _filtered(
        lambda p: ndimage.rotate(p, 20, axes=(2, 1), reshape=False, order=1)
    ),
    "half the ink": _filtered(lambda p: p / 2),
    "noise (sigma 60)": _filtered(
        lambda p: p + np.random.default_rng(0).normal(0, 60, p.shape)
    ),
}


@click.command()
@click.argument("model", type=click.Path(path_type=Path, exists=True))
@click.argument("rows", type=click.Path(path_type=Path, exists=True))
def main(model: Path, rows: Path) -> None:
    """Print accuracy, PSI, and KS of confidence and ink for each change."""
    network, card = parse(model, content(model))
    digits = read_csv(rows)
    # MNIST's first writers are others than its last ones.
    ours, theirs = np.array_split(np.random.default_rng(0).permutation(len(digits)), 2)
    half = _part(digits, ours)
    reference = reference_of(predict(network, half, card.temperature), half)
    pictures = digits.pixels[theirs].reshape(-1, 28, 28)
    labels = digits.labels[theirs]
    cases = {name: (change(pictures), labels) for name, change in CHANGES.items()}
    some = np.isin(labels, (1, 7))
    cases["only ones and sevens"] = pictures[some], labels[some]
    click.echo(f"{'':22} {'accuracy':>9} {'PSI':>7} {'KS':>7} {'KS of ink':>10}")
    for name, (changed, right) in cases.items():
        flat = np.ascontiguousarray(changed.reshape(-1, 784))
        sent = Dataset(flat, right, digits.file, digits.sha256)
        answers = predict(network, sent, card.temperature)
        found = reference_of(answers, sent)
        click.echo(
            f"{name:22} {answers.evaluation.accuracy:9.2%}"
            f" {psi(found, reference):7.3f}"
            f" {ks(found.confidence, reference.confidence):7.3f}"
            f" {ks(found.ink, reference.ink):10.3f}"
        )


def _part(digits: Dataset, which: NDArray[np.int64]) -> Dataset:
    pixels, labels = digits.pixels[which], digits.labels[which]
    return Dataset(pixels, labels, digits.file, digits.sha256)


if __name__ == "__main__":
    main()
