"""Corrections that people accepted: learnt by the next training, and written down."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import numpy as np
import pytest

from feedback.corrections.records import ACCEPTED, Review, Submission
from feedback.corrections.store import CorrectionStore
from feedback.corrections.tokens import digest_of
from model_store.network import Pixels
from tests.support.commands import Place
from tests.trainer.in_process import printed

NOW = datetime(2026, 11, 1, tzinfo=UTC)
QUICK = ("train", "--data", "embedded", "--preset", "default", "--hidden", 32)
FEW = ("--epochs", 12, "--no-augment", "--threads", 1, "--seed", 5)

pytestmark = pytest.mark.usefixtures("no_report")


def frames(count: int) -> Pixels:
    """Hollow squares of 20x20 pixels, as nobody writes a 1: (n, 784), all different."""
    rng = np.random.default_rng(1)
    squares = np.zeros((count, 28, 28), np.uint8)
    squares[:, 4:24, 4:24] = 255
    squares[:, 7:21, 7:21] = rng.integers(0, 60, (count, 14, 14))
    return squares.reshape(-1, 784)


@pytest.fixture
def corrections(place: Place) -> Iterator[CorrectionStore]:
    store = CorrectionStore.at(None, place.root / "state")
    yield store
    store.database.close()


def send(store: CorrectionStore, pixels: Pixels, label: str, accepted: bool) -> None:
    """Corrections of a 0 to that label, each by a client of its own."""
    for number, row in enumerate(pixels):
        digest, client = digest_of(row.tobytes()), f"client {number}"
        sent = Submission(row.tobytes(), digest, "0", 0.6, 1, label, client, 0.2)
        stored = store.submit(sent, NOW, False)
        if accepted:
            store.decide(stored.id, Review(ACCEPTED, "me"), NOW)


def share_read(place: Place, version: int, pixels: Pixels, label: int) -> float:
    answers = place.store.load(version).network.logits(pixels).argmax(axis=1)
    return float((answers == label).mean())


def test_accepted_corrections_are_learnt_and_written_down(
    place: Place, corrections: CorrectionStore
) -> None:
    first = printed(place, *QUICK, *FEW)
    known, new = frames(30)[:15], frames(30)[15:]
    assert share_read(place, 1, new, 1) < 0.5
    send(corrections, known, "1", accepted=True)
    second = printed(place, *QUICK, *FEW)
    assert second["version"] == 2, second["reason"]
    assert share_read(place, 2, new, 1) == 1.0
    assert second["test_accuracy"] > first["test_accuracy"] - 0.02
    assert second["train_rows"] == first["train_rows"] + learnt(place)["rows"]
    with (
        closing(sqlite3.connect(place.root / "state" / "digits.db")) as connection,
        connection,
    ):
        query = "SELECT count(*), sum(weight) FROM training_rows WHERE version = 2"
        [(both, weights)] = connection.execute(query).fetchall()
    assert weights == learnt(place)["rows"] > 5
    assert both == learnt(place)["rows"] + learnt(place)["held_out"] == 15
    gone, versions = corrections.withdraw(1)
    assert (gone.pixels, versions in ([2], [])) == (None, True)  # held out: by none


def learnt(place: Place) -> dict[str, int]:
    found: dict[str, int] = place.store.load(2).card.data["corrections"]
    return found


def test_nothing_that_waits_for_a_person_is_learnt(
    place: Place, corrections: CorrectionStore
) -> None:
    send(corrections, frames(15), "1", accepted=False)
    assert printed(place, *QUICK, *FEW)["version"] == 1
    told = place.store.load(1).card.data["corrections"]
    assert (told["rows"], told["held_out"]) == (0, 0)


def test_training_without_corrections_makes_no_database(place: Place) -> None:
    printed(place, *QUICK, *FEW[2:], "--epochs", 1)
    assert not (place.root / "state" / "digits.db").exists()
