"""The presets: what the contract fixes of them."""

import pytest

from trainer.learning.settings import settings_for


@pytest.mark.parametrize("embedded", [False, True])
def test_notebook_is_the_notes_to_the_letter(embedded: bool) -> None:
    notebook = settings_for("notebook", embedded, seed=7, changes={}).to_dict()
    assert notebook == {
        "preset": "notebook", "seed": 7, "hidden": [500, 200], "activation": "sigmoid",
        "loss": "tse", "learning_rate": 0.3, "epochs": 50, "batch_size": 1,
        "augment": False, "copies": "distorted", "non_digits": 0, "momentum": 0.0,
        "weight_decay": 0.0, "one_cycle": False, "weights": "notes",
        "holds_out": False,
    }  # fmt: skip


@pytest.mark.parametrize("embedded", [False, True])
def test_default_keeps_the_architecture_and_holds_out(embedded: bool) -> None:
    default = settings_for("default", embedded, seed=7, changes={})
    assert default.hidden == (500, 200)
    assert default.holds_out


@pytest.mark.parametrize("preset", ["notebook", "default"])
def test_changes_stand_over_the_preset(preset: str) -> None:
    changes = {"hidden": (30,), "epochs": 3, "augment": False, "batch_size": 32}
    changed = settings_for(preset, embedded=False, seed=1, changes=changes)
    assert {name: getattr(changed, name) for name in changes} == changes


def test_relu_in_the_notes_run_brings_weights_and_a_rate_that_suit_it() -> None:
    relu = settings_for("notebook", False, 1, {"activation": "relu"})
    assert (relu.weights, relu.learning_rate) == ("he", 0.03)
    assert relu.to_dict()["weights"] == "he"


def test_what_is_given_stands_over_what_suits_relu() -> None:
    given = {"activation": "relu", "weights": "notes", "learning_rate": 0.3}
    relu = settings_for("notebook", False, 1, given)
    assert (relu.weights, relu.learning_rate) == ("notes", 0.3)
    assert settings_for("notebook", False, 1, {"weights": "he"}).learning_rate == 0.3
