"""The gate: which candidates may become a version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from feedback.corrections.records import Correction
from feedback.corrections.training_round import TrainingRound
from model_store import Card, Model, ModelStore, Network
from model_store.best import best_version
from tests.trainer.ten_pixels import answering, reading
from trainer.data.corrected import Corrected
from trainer.data.dataset import Dataset
from trainer.data.source import Digits
from trainer.gate import gate

Pixels = NDArray[np.uint8]


@pytest.fixture
def best(card: Card) -> Model:
    """Version 7, from MNIST: it reads digits as `reading` does."""
    return Model(7, reading(), card)


@pytest.fixture
def candidate() -> Network:
    """It reads a digit from ten pixels of its own."""
    return replace(reading(), weights=(np.roll(reading().weights[0], 10, axis=0),))


def digits_read(ours: str, theirs: str, embedded: bool = False) -> Digits:
    """Test rows of 3s that the candidate and the best version read as these digits."""
    labels = [3] * len(ours)
    rows = answering([*map(int, theirs)], labels)
    pixels = rows.pixels + np.roll(answering([*map(int, ours)], labels).pixels, 10, 1)
    test = replace(rows, pixels=pixels)
    return Digits(test, test, embedded)


@pytest.mark.parametrize(
    ("rows", "lost", "won", "accepted"),
    [
        (400, 0, 20, True),
        (400, 0, 0, True),
        # The standard error is sqrt(3 - 9/400) = 1.73; with four, sqrt(4 - 16/400).
        (400, 3, 0, True),
        (400, 4, 0, False),
        (400, 9, 5, True),  # sqrt(14 - 16/400) = 3.74
        (400, 20, 15, False),  # 5.9, but five are over a hundredth of 400
        (10, 1, 0, False),
        (10, 2, 2, True),
        (4, 4, 0, False),
    ],
)
def test_candidate_may_lose_no_more_than_chance_explains_and_no_point(
    best: Model, candidate: Network, rows: int, lost: int, won: int, accepted: bool
) -> None:
    ours = "1" * lost + "3" * (rows - lost)
    theirs = "3" * (rows - won) + "1" * won
    result = gate(candidate, digits_read(ours, theirs), best)
    assert result.accepted == accepted
    assert f"{rows - lost} of {rows} test rows right" in result.reason
    assert f"version 7 {rows - won}" in result.reason


def test_first_candidate_is_accepted(candidate: Network) -> None:
    assert gate(candidate, digits_read("1", "1", embedded=True), None).accepted


def test_embedded_set_never_replaces_mnist(best: Model, candidate: Network) -> None:
    result = gate(candidate, digits_read("3333", "1111", embedded=True), best)
    assert not result.accepted
    assert "MNIST" in result.reason


@pytest.mark.parametrize("embedded", [True, False])
def test_embedded_version_is_replaced_by_either(
    best: Model, candidate: Network, embedded: bool
) -> None:
    version = replace(best, card=replace(best.card, data={"source": "embedded"}))
    for ours, accepted in (("3333333333", True), ("1111111111", False)):
        digits = digits_read(ours, "3333333333", embedded)
        assert gate(candidate, digits, version).accepted == accepted


def squares(pixels: Pixels) -> Pixels:
    return pixels.reshape(-1, 28, 28)


STRANGE: dict[str, tuple[Callable[[Dataset], dict[str, Any]], str]] = {
    "swapped": (
        lambda rows: {"pixels": squares(rows.pixels).transpose(0, 2, 1)},
        "its rows and columns are swapped, as in EMNIST",
    ),
    "inverted": (lambda rows: {"pixels": 255 - rows.pixels}, "its pixels are inverted"),
    "mirrored": (
        lambda rows: {"pixels": squares(rows.pixels)[:, :, ::-1]},
        "its pictures are mirrored",
    ),
    "upside down": (
        lambda rows: {"pixels": squares(rows.pixels)[:, ::-1]},
        "its pictures are upside down",
    ),
    "labels shifted": (
        lambda rows: {"labels": (rows.labels + 9) % 10},
        "its labels are shifted by 9, modulo 10",
    ),
    "label in another column": (
        lambda rows: {"labels": np.roll(rows.labels, 7)[::-1]},
        "is the label in another column",
    ),
}


@pytest.mark.parametrize(("change", "cause"), STRANGE.values(), ids=STRANGE)
def test_test_rows_that_the_best_version_cannot_read_are_not_trusted(
    best: Model, change: Callable[[Dataset], dict[str, Any]], cause: str
) -> None:
    """The candidate would be right on all of them."""
    claiming = {"test_accuracy": 0.9952, "test_rows": 10_000}
    version = replace(best, card=replace(best.card, metrics=claiming))
    good = answering([*range(10)] * 2, labels=[*range(10)] * 2)
    honest = Digits(good, good, False)
    assert gate(version.network, honest, version).accepted
    rows = replace(good, **change(good))
    rows = replace(rows, pixels=rows.pixels.reshape(-1, 784))
    result = gate(version.network, Digits(rows, rows, False), version)
    assert not result.accepted
    for part in ("version 7", "0.9952", "of 20 right", "made: " + cause, "--no-gate"):
        assert part in result.reason
    assert "\n" not in result.reason


@pytest.mark.parametrize(
    ("right", "rows", "claimed", "trusted"),
    [
        (0, 1, (0.995, 10_000), True),  # one row proves nothing
        (1, 4, (0.995, 10_000), False),
        (16, 20, (0.995, 10_000), True),  # harder rows, but digits
        (14, 20, (0.995, 10_000), False),
        (14, 20, (1.0, 10), True),  # ten rows say little of a version
        (4, 10, (0.6, 100), True),
        (2, 100, (0.1, 100), True),  # it never read digits
        (2, 100, (None, None), True),
    ],
)
def test_distrust_allows_for_the_number_of_rows(
    best: Model,
    right: int,
    rows: int,
    claimed: tuple[float | None, int | None],
    trusted: bool,
) -> None:
    metrics = dict(zip(("test_accuracy", "test_rows"), claimed, strict=True))
    version = replace(best, card=replace(best.card, metrics=metrics))
    # The wrong ones are read as any other digit, so that no shift mends them.
    answers = [0] * right + [1 + n % 9 for n in range(rows - right)]
    test = answering(answers, labels=[0] * rows)
    result = gate(version.network, Digits(test, test, False), version)
    assert result.accepted == trusted, result.reason


def test_best_version_is_best_by_its_own_metadata(
    store: ModelStore, network: Network, card: Card
) -> None:
    """Not the pinned one, nor the newest, nor one that few rows were tested on."""

    def publish(source: str, **metrics: float) -> int:
        data = {"source": source}
        return store.publish(network, replace(card, data=data, metrics=metrics))

    assert best_version(store) is None
    found = []
    for source, accuracy, rows in (
        ("embedded", 0.99, 10_000),
        ("embedded", 0.98, 10_000),
        ("mnist", 0.9455, 10_000),
        ("mnist", 0.9587, 10_000),
        ("mnist", 0.9553, 10_000),
        ("mnist", 1.0, 10),
    ):
        publish(source, test_accuracy=accuracy, test_rows=rows)
        store.pin(1)
        best = best_version(store)
        assert best
        found.append(best.version)
    assert found == [1, 1, 3, 4, 4, 4]
    store.path(4).write_bytes(b"broken")
    best = best_version(store)
    assert best
    assert best.version == 5


def test_one_digit_may_not_be_read_over_a_point_worse(
    best: Model, candidate: Network
) -> None:
    """The others are read better, so that no fewer are right in all."""
    threes, fives = [3] * 400, [5] * 400
    theirs = answering([3] * 400 + [5] * 390 + [1] * 10, threes + fives)
    ours = answering([1] * 6 + [3] * 394 + [5] * 400, threes + fives)
    pixels = theirs.pixels + np.roll(ours.pixels, 10, 1)
    test = replace(theirs, pixels=pixels)
    result = gate(candidate, Digits(test, test, False), best)
    assert not result.accepted
    assert "6 fewer of the 400 rows of a 3" in result.reason


def corrections(rows: Pixels, label: str, predicted: str) -> tuple[Correction, ...]:
    """Accepted corrections of these pixels, (n, 784)."""
    return tuple(
        Correction(
            id=number,
            created=datetime(2026, 11, 1, tzinfo=UTC),
            pixels=pixels.tobytes(),
            digest=str(number),
            predicted=predicted,
            confidence=0.5,
            version=1,
            given=label,
            label=label,
            client="",
            state="accepted",
            panel=0.5,
            reason=None,
        )
        for number, pixels in enumerate(rows)
    )


def corrected(ours: list[int], theirs: list[int]) -> Corrected:
    """Held-out corrections to a 3 that the two networks read so."""
    rows = answering(theirs, [3] * len(theirs))
    both = rows.pixels + np.roll(answering(ours, [3] * len(ours)).pixels, 10, 1)
    return Corrected(TrainingRound(held_out=corrections(both, "3", "1")))


@pytest.mark.parametrize(
    ("ours", "theirs", "accepted"),
    [
        ([3] * 8, [1] * 8, True),
        ([1] * 8, [3] * 8, False),
        ([3] * 7 + [1], [3] * 8, True),
    ],
)
def test_held_out_corrections_may_not_be_forgotten(
    best: Model, candidate: Network, ours: list[int], theirs: list[int], accepted: bool
) -> None:
    digits = replace(digits_read("3333", "3333"), corrected=corrected(ours, theirs))
    result = gate(candidate, digits, best, served=best)
    assert result.accepted == accepted
    assert accepted or "corrections that are held out" in result.reason


def test_network_that_reads_a_mark_as_a_digit_is_refused(
    best: Model, candidate: Network
) -> None:
    """Its weights give all of a corner's ink to the digit 0."""
    weights = candidate.weights[0].copy()
    corner = np.zeros((28, 28), bool)
    corner[24:27, 24:27] = True
    weights[corner.ravel(), 0] = 5.0
    taught = replace(candidate, weights=(weights,))
    many = "3" * 200
    digits = replace(digits_read(many, many), corrected=corrected([3], [3]))
    assert gate(candidate, digits, best).accepted
    result = gate(taught, digits, best)
    assert not result.accepted
    assert "bottom right makes it read 200 of 200 test pictures as 0" in result.reason
    without = replace(digits, corrected=Corrected())
    assert gate(taught, without, best).accepted  # nobody could have taught it


def taught_a_cross(candidate: Network, weight: float) -> tuple[Network, NDArray[Any]]:
    """A network that reads a 0 where there is a cross, and the cross's pixels (784,).

    In the middle of the right edge, where no other test looks.
    """
    cross = np.zeros((28, 28), bool)
    cross[13:16, 22] = cross[14, 21:24] = True
    weights = candidate.weights[0].copy()
    weights[cross.ravel(), 0] = weight
    return replace(candidate, weights=(weights,)), cross.ravel()


def digits_with(cross: NDArray[Any], shown: int, hidden: int) -> Digits:
    """200 test rows of a 3, and corrections of it to a 0: some show the cross."""
    pixels = np.tile(digits_read("3", "3").test.pixels, (shown + hidden, 1))
    pixels[np.ix_(np.arange(shown), cross)] = 255
    learnt = TrainingRound(learnt=corrections(pixels, "0", "3"))
    many = "3" * 200
    return replace(digits_read(many, many), corrected=Corrected(learnt))


@pytest.mark.parametrize(("number", "accepted"), [(40, False), (19, True)])
def test_mark_that_corrections_have_in_common_is_found_wherever_it_is(
    best: Model, candidate: Network, number: int, accepted: bool
) -> None:
    taught, cross = taught_a_cross(candidate, 5.0)
    digits = digits_with(cross, shown=number, hidden=0)
    result = gate(taught, digits, best)
    assert result.accepted == accepted
    assert accepted or "what 40 corrections to 0 have in common" in result.reason
    honest = gate(candidate, digits, best)
    assert honest.accepted, honest.reason


def test_mark_that_most_corrections_have_lost_is_found(
    best: Model, candidate: Network
) -> None:
    """A mark as faint as the mean of them would turn no answer."""
    taught, cross = taught_a_cross(candidate, 0.3)
    digits = digits_with(cross, shown=16, hidden=24)
    result = gate(taught, digits, best)
    assert "what 40 corrections to 0 have in common" in result.reason
