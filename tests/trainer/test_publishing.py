"""python -m trainer train: the gate between a candidate and the served version."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model_store import Card, Network
from model_store.files import npz
from tests.support.commands import Place
from tests.trainer.in_process import printed
from trainer import pipeline
from trainer.gate import GateResult, gate

Quick = tuple[object, ...]
SMALL = ("--hidden", 8, "--epochs", 1, "--threads", 1, "--no-augment")

pytestmark = pytest.mark.usefixtures("no_report")


def test_worse_candidate_is_refused_and_kept(place: Place, quick: Quick) -> None:
    better = printed(place, *quick, "--epochs", 60)
    worse = printed(place, *quick, "--learning-rate", 1e-9)
    assert worse["test_accuracy"] < better["test_accuracy"]
    assert (worse["version"], worse["accepted"]) == (None, False)
    assert "version 1" in worse["reason"]
    kept = Path(worse["path"])
    assert kept.parent == place.store.root / "rejected"
    network, card = npz.read(kept)
    assert network.layers == [784, 16, 10]
    assert card.test_accuracy == worse["test_accuracy"]
    assert place.store.versions() == [1]
    assert printed(place, *quick, "--no-gate")["version"] == 2


def test_tie_is_accepted(trained: Place, quick: Quick) -> None:
    document = printed(trained, *quick)
    assert (document["version"], document["accepted"]) == (2, True)


def test_embedded_set_does_not_replace_a_model_of_mnist(
    place: Place, network: Network, card: Card
) -> None:
    place.store.publish(network, card)
    quick = ("--data", "embedded", *SMALL)
    document = printed(place, "train", *quick)
    assert document["version"] is None
    assert "MNIST" in document["reason"]
    assert place.store.versions() == [1]


def test_gate_compares_with_the_best_version_whatever_is_pinned(
    place: Place, quick: Quick, network: Network, card: Card
) -> None:
    for accuracy in (0.1, 0.3, 0.2):
        metrics = {"test_accuracy": accuracy, "test_rows": 10_000}
        place.store.publish(network, replace(card, metrics=metrics))
    place.store.pin(1)
    document = printed(place, *quick, "--epochs", 60)
    assert "version 2" in document["reason"]
    assert document["version"] == 4
    assert place.store.load(4).card.parent == 1


def test_version_published_meanwhile_is_compared_with_too(
    place: Place, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another trainer publishes a better version while this one compares."""
    bad = (*quick, "--learning-rate", 1e-9)
    printed(place, *bad)
    better = place.store.load(printed(place, *quick, "--epochs", 60)["version"])
    place.store.path(better.version).unlink()
    calls: list[int] = []

    def compare_and_be_overtaken(*arguments: Any) -> GateResult:
        result = gate(*arguments)
        if not calls:
            place.store.publish(better.network, better.card)
        calls.append(1)
        return result

    monkeypatch.setattr(pipeline, "gate", compare_and_be_overtaken)
    document = printed(place, *bad)
    assert (document["version"], len(calls)) == (None, 2)
    assert "version 2" in document["reason"]
    assert place.store.versions() == [1, 2]
