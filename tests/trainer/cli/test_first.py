"""python -m trainer first: a quick first model, if the store has none."""

from collections.abc import Callable

import pytest
from click.testing import Result

from model_store import Card, Network
from tests.support.commands import Place
from tests.trainer.csv_files import Rows, write
from tests.trainer.in_process import invoke
from trainer import job
from trainer.data import choice

pytestmark = pytest.mark.usefixtures("no_report")


@pytest.fixture
def first(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Result]:
    """`python -m trainer first`, which may train for a moment only."""
    monkeypatch.setattr(job, "_FIRST_MODEL_SECONDS", 0.3)
    return lambda: invoke(place, "first")


def test_first_model_is_trained_on_the_csvs_at_hand(
    place: Place, first: Callable[[], Result], rows: Rows
) -> None:
    place.data.mkdir()
    write(place.data / "MNIST_train_100.csv", rows[:48])
    write(place.data / "MNIST_test_10.csv", rows[48:])
    result = first()
    assert result.exit_code == 0, result.output
    card = place.store.load(1).card
    assert card.layers == [784, 500, 200, 10]
    assert card.data["train"]["file"] == "MNIST_train_100.csv"


def test_first_model_without_csvs_is_of_the_embedded_set(
    place: Place, first: Callable[[], Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "fetch", lambda *_: pytest.fail("it downloads"))
    result = first()
    assert result.exit_code == 0, result.output
    assert place.store.load(1).card.is_embedded
    assert "embedded set" in result.stderr


def test_first_does_nothing_if_a_valid_version_is_there(
    place: Place, first: Callable[[], Result], network: Network, card: Card
) -> None:
    place.store.publish(network, card)
    place.store.publish(network, card)
    place.store.path(2).write_bytes(b"broken")
    assert "version 1" in first().stderr
    assert place.store.versions() == [1, 2]


def test_first_trains_if_every_version_is_broken(
    place: Place, first: Callable[[], Result], network: Network, card: Card, rows: Rows
) -> None:
    place.data.mkdir()
    write(place.data / "mnist_train_100.csv", rows)
    place.store.publish(network, card)
    place.store.path(1).write_bytes(b"broken")
    assert first().exit_code == 0
    assert place.store.versions() == [1, 2]
    assert place.store.served().version == 2
