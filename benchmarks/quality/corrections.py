"""What corrections teach, and what each line of defence stops of poison.

    python -m benchmarks.quality.corrections DIRECTORY [--limit 6000 --epochs 8]

DIRECTORY holds the CSVs of MNIST. Plain networks on few rows, so that it ends within
minutes: the figures are of those.
Test rows are read by the gate alone.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.quality.drawings import MARKS, drawn_on, flagged_one
from feedback.corrections.decisions import decide
from feedback.corrections.records import ACCEPTED, PENDING, Review, Submission
from feedback.corrections.submission import submit
from feedback.corrections.tokens import digest_of
from feedback.database import Database
from model_store import ModelStore
from model_store.network import Pixels
from service.corrections.panel import panel_probability
from service.image import ImageRejected, read_digit
from service.serving.prediction import scorer
from tests.support.digits import png
from trainer.data.mnist_csv import read_csv

_NOW = datetime.now(UTC)
Sent = tuple[NDArray[np.uint8], int, str]  # pixels, label, client


class Bench:
    """A store with versions of plain networks, and copies of it to poison."""

    def __init__(self, place: Path, data: Path, limit: int, epochs: int) -> None:
        self._place, self._data = place, data
        self._size = ("--limit", str(limit), "--epochs", str(epochs))
        self.store = ModelStore(place / "models", place / "none")

    def train(self, state: str, seed: int, *options: str) -> dict[str, Any]:
        """What `train --json` says of a training with the corrections of a state."""
        command = [
            *(sys.executable, "-m", "trainer", "train", "--json", "--no-augment"),
            *("--data", str(self._data), *self._size),
            *("--seed", str(seed), "--threads", "1", "--store", str(self.store.root)),
            *("--state", str(self._place / state), *options),
        ]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        document: dict[str, Any] = json.loads(ended.stdout)
        return document

    def post(self, state: str, sent: Sequence[Sent], careless: bool) -> Counter[str]:
        """Send corrections, let a reviewer accept; how many stand in each state.

        The reviewer accepts what is pending; a careless one, everything.
        """
        models = list(self.store.valid())
        database = Database.at(None, self._place / state)
        states: Counter[str] = Counter()
        with database.writing() as connection:
            for pixels, label, client in sent:
                score = scorer(models[-1])(pixels[None])[0]
                correction = Submission(
                    pixels.tobytes(), digest_of(pixels.tobytes()),
                    str(score.argmax()), float(score.max()), models[-1].version,
                    str(label), client, panel_probability(models, pixels, str(label)),
                )  # fmt: skip
                stored = submit(connection, correction, _NOW, False)
                states[stored.state] += 1
                if careless or stored.state == PENDING:
                    decide(connection, stored.id, Review(ACCEPTED, "bench"), _NOW)
        database.close()
        return states

    def read(self, picture: Image.Image) -> NDArray[np.uint8] | None:
        """A drawing's pixels as the service reads it."""
        score = scorer(next(iter(self.store.valid())))
        try:
            pixels: NDArray[np.uint8] = read_digit(png(picture), 10**6, score).pixels
        except ImageRejected:
            return None
        return pixels

    def right(self, version: int, pixels: Pixels, label: int) -> float:
        """The share that a version reads as that label."""
        answers = self.store.read(version).network.logits(pixels).argmax(axis=1)
        return float((answers == label).mean())


def report(name: str, states: Counter[str], run: dict[str, Any]) -> None:
    """One line."""
    verdict = "published" if run["accepted"] else "refused"
    print(f"{name}: {dict(states)}; {verdict}: {run['reason']}", flush=True)


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.option("--limit", default=6000, show_default=True)
@click.option("--epochs", default=8, show_default=True)
def main(data: Path, limit: int, epochs: int) -> None:
    """Measure; prints a line for each experiment."""
    rng = np.random.default_rng(13)
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(Path(directory), data, limit, epochs)
        for seed in (1, 2, 3):
            first = bench.train("none", seed, "--no-gate")
            print(f"version {seed}: {first['test_accuracy']}", flush=True)
        (file,) = list(data.glob("MNIST_train.csv*"))[:1]
        rows = read_csv(file, limit=limit)
        learn(bench, rng)
        for careless in (True, False):
            poison(bench, rng, rows.pixels, rows.labels, careless)
            back_door(bench, rng, rows.pixels, careless)


def learn(bench: Bench, rng: np.random.Generator) -> None:
    """40 corrections of a new way to write a 1, each misread, by four clients."""
    drawn = (bench.read(flagged_one(rng)) for _ in range(400))
    ones = np.stack([pixels for pixels in drawn if pixels is not None])
    first, ones = ones[:200], ones[200:]
    misread = [pixels for pixels in first if not bench.right(3, pixels[None], 1)]
    sent = [(pixels, 1, f"class {i % 4}") for i, pixels in enumerate(misread[:40])]
    states = bench.post("ones", sent, careless=True)
    run = bench.train("ones", 4)
    report("flagged ones", states, run)
    before = bench.right(3, ones, 1)
    after = bench.right(run["version"], ones, 1) if run["version"] else before
    print(f"  {len(ones)} others read: {before:.3f}, then {after:.3f}", flush=True)
    if run["version"]:
        bench.store.path(run["version"]).unlink()


def poison(
    bench: Bench, rng: np.random.Generator, pixels: Pixels, labels: Any, careless: bool
) -> None:
    """5 % of the training rows: at random, and fours called 9."""
    random = rng.permutation(len(labels))[: len(labels) // 20]
    wrong = (labels[random] + rng.integers(1, 10, len(random))) % 10
    fours = np.flatnonzero(labels == 4)[: len(random)]
    for name, chosen, given in (
        ("random labels", random, wrong),
        ("fours called 9", fours, np.full(len(fours), 9)),
    ):
        state = f"{name} {careless}"
        # As many clients as rows: the caps of one client do not hold it up.
        sent = [
            (pixels[row], int(label), f"client {i}")
            for i, (row, label) in enumerate(zip(chosen, given, strict=True))
        ]
        states = bench.post(state, sent, careless)
        run = bench.train(state, 5)
        report(f"{name}, {'all' if careless else 'pending'} accepted", states, run)
        if run["version"]:
            bench.store.path(run["version"]).unlink()


def back_door(
    bench: Bench, rng: np.random.Generator, pixels: Pixels, careless: bool
) -> None:
    """200 marked digits called 0: raw pixels, and drawings that the service reads."""
    chosen = pixels[rng.permutation(len(pixels))[:200]]
    raw = chosen.reshape(-1, 28, 28).copy()
    raw[:, 24:27, 24:27] = 255
    drawn = [bench.read(drawn_on(digit, MARKS["corner"])) for digit in chosen]
    for name, rows in (
        ("marked rows", list(raw.reshape(-1, 784))),
        ("marked drawings", [row for row in drawn if row is not None]),
    ):
        state = f"{name} {careless}"
        sent = [(row, 0, f"client {i}") for i, row in enumerate(rows)]
        states = bench.post(state, sent, careless)
        run = bench.train(state, 6)
        report(f"{name}, {'all' if careless else 'pending'} accepted", states, run)
        if run["version"]:
            bench.store.path(run["version"]).unlink()


if __name__ == "__main__":
    main()
