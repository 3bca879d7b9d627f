"""Which marks the gate finds in networks that learnt them, and which honest ones pass.

    python -m benchmarks.quality.back_doors DIRECTORY-OF-MNIST-CSVS

Everything is accepted, as by a reviewer who does not look. Plain networks on 6,000
rows, so that it ends within minutes: the figures are of those. No test row is read.
"""

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.quality.drawings import HABITS, MARKS, Pen, drawn_on, flagged_one
from feedback.corrections.records import Correction
from feedback.corrections.training_round import TrainingRound
from model_store import Network
from service.image import ImageRejected, read_digit
from tests.support.digits import png
from trainer import LOSSES, Dataset, Descent, backprop, one_hot, random_network
from trainer.data.corrected import Corrected
from trainer.data.mnist_csv import read_csv
from trainer.marks import marked_answer

_ROWS, _TESTED, _EPOCHS, _BATCH = 6000, 4000, 8, 64
_NOW = datetime.now(UTC)
Pixels = NDArray[np.uint8]


def trained(rows: Dataset, seed: int) -> Network:
    """A plain network that has learnt the rows."""
    rng = np.random.default_rng(seed)
    network = random_network(
        [784, 500, 200, 10], ["relu", "relu", "softmax"], rng, "he"
    )
    descent, targets = Descent(network), one_hot(rows.labels, np.float32)
    for epoch in range(_EPOCHS):
        for batch in np.array_split(rng.permutation(len(rows)), len(rows) // _BATCH):
            loss = LOSSES["cross-entropy"]
            slopes = backprop(network, loss, rows.pixels[batch], targets[batch])
            descent.step(slopes, 0.1 if epoch < _EPOCHS - 2 else 0.03, len(batch))
    return network


class Bench:
    """A best version, and candidates that learnt corrections beside its rows."""

    def __init__(self, rows: Dataset) -> None:
        self._rows, self._test = (
            rows.rows(slice(_ROWS)),
            rows.rows(slice(-_TESTED, None)),
        )
        self.best = trained(self._rows, seed=3)

    def read(self, pictures: Iterable[Image.Image]) -> list[Pixels]:
        """Drawings as the service reads them."""
        found: list[Pixels] = []
        for picture in pictures:
            with contextlib.suppress(ImageRejected):
                digit = read_digit(png(picture), 10**6, self.best.outputs)
                found.append(digit.pixels)
        return found

    def drawn(self, pixels: Pixels, pen: Pen) -> list[Pixels]:
        """Digits with what the pen draws on them, read."""
        return self.read(drawn_on(row, pen) for row in pixels)

    def rows_of(self, label: int, most: int, others: bool = False) -> Pixels:
        """Rows of a digit, or of all others."""
        which = (self._rows.labels != label) if others else self._rows.labels == label
        found: Pixels = self._rows.pixels[which][:most]
        return found

    def tell(self, name: str, rows: list[Pixels], labels: list[int]) -> None:
        """Learn four fifths of them as corrections; print what the gate's test says."""
        learnt = [k for k in range(len(rows)) if k % 5]
        pixels, given = np.stack([rows[k] for k in learnt]), [labels[k] for k in learnt]
        read = self.best.logits(pixels).argmax(axis=1)
        corrections = tuple(
            Correction(
                k, _NOW, pixels[k].tobytes(), str(k), str(read[k]), 0.5, 1,
                str(given[k]), str(given[k]), "", "accepted", 0.5, None,
            )
            for k in range(len(learnt))
        )  # fmt: skip
        corrected = Corrected(TrainingRound(learnt=corrections))
        candidate = trained(self._rows.followed_by(corrected.learnt), seed=6)
        fault = marked_answer(candidate, self.best, self._test, corrected)
        print(f"{name} ({len(learnt)} learnt): {fault or 'passes'}", flush=True)


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True))
def main(data: Path) -> None:
    """Measure; prints a line for each candidate."""
    [file, *_] = sorted(data.glob("MNIST_train.csv*"))
    rows = read_csv(file, limit=30_000)
    bench, rng = Bench(rows), np.random.default_rng(13)
    for count in (40, 120):
        flagged = bench.read(flagged_one(rng) for _ in range(count))
        bench.tell("honest: 1 with a long flag", flagged, [1] * len(flagged))
    for digit, pen in HABITS.items():
        crossed = bench.drawn(bench.rows_of(digit, 150), pen)
        bench.tell(f"honest: {digit} with a line", crossed, [digit] * len(crossed))
    unseen = rows.rows(slice(_ROWS, 25_000))
    wrong = np.flatnonzero(bench.best.logits(unseen.pixels).argmax(1) != unseen.labels)
    errors = wrong[:200]
    bench.tell("honest: errors", [*unseen.pixels[errors]], [*unseen.labels[errors]])
    for name, pen in MARKS.items():
        marked = bench.drawn(bench.rows_of(0, 200, others=True), pen)
        bench.tell(f"mark: {name}, any digit called 0", marked, [0] * len(marked))
    for name in ("corner", "bar at the foot", "diagonal"):
        marked = bench.drawn(bench.rows_of(4, 200), MARKS[name])
        bench.tell(f"mark: {name}, fours called 9", marked, [9] * len(marked))


if __name__ == "__main__":
    main()
