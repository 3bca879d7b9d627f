"""Logic gates: learnt by the trainer's own backprop, right whatever the seed."""

import numpy as np
import pytest

from tests.support.commands import Place
from trainer.learning.logic_gates import (
    GATES,
    TruthTable,
    gates_text,
    learn_gate,
    learn_gates,
)


@pytest.mark.parametrize("seed", range(3))
def test_every_gate_is_learnt_beyond_doubt(seed: int) -> None:
    tables = learn_gates(seed)
    assert [table.gate for table in tables] == ["OR", "AND", "XOR", "NAND", "NOR"]
    for table in tables:
        assert table.is_right
        assert np.abs(np.subtract(table.outputs, table.truth)).max() < 0.1


@pytest.mark.parametrize("seed", range(10, 20))
def test_xor_is_learnt_from_many_starts(seed: int) -> None:
    assert learn_gate("XOR", np.random.default_rng(seed)).is_right


def test_notes_setup_fails_at_xor_as_theirs_did(place: Place) -> None:
    run = place.run("trainer", "gates", "--as-in-the-notes")
    assert run.code == 0, run.stderr
    assert run.stdout.splitlines()[-1].split() == [
        "right", "right", "WRONG", "right", "right",
    ]  # fmt: skip
    document = place.json("trainer", "gates", "--as-in-the-notes")
    assert document["gates"]["XOR"]["answers"] == [0, 1, 1, 1]
    assert not document["all_right"]


def test_truths_are_those_of_the_gates() -> None:
    inputs = [(left, right) for left in (False, True) for right in (False, True)]
    assert {
        "OR": tuple(left or right for left, right in inputs),
        "AND": tuple(left and right for left, right in inputs),
        "XOR": tuple(left != right for left, right in inputs),
        "NAND": tuple(not (left and right) for left, right in inputs),
        "NOR": tuple(not (left or right) for left, right in inputs),
    } == GATES


def test_wrong_answer_is_shown_as_wrong() -> None:
    notes = TruthTable("XOR", (0, 1, 1, 0), (0.31, 0.6, 0.6, 0.7))
    assert notes.answers == [0, 1, 1, 1]
    assert not notes.is_right
    assert gates_text([notes]).splitlines()[-1].split() == ["WRONG"]


def test_command_prints_the_truth_tables(place: Place) -> None:
    run = place.run("trainer", "gates")
    assert run.code == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0].split() == ["inputs", "OR", "AND", "XOR", "NAND", "NOR"]
    answers = [line.replace("(", " ").split()[2::2] for line in lines[1:5]]
    assert answers == [[*"00011"], [*"10110"], [*"10110"], [*"11000"]]
    assert lines[5].split() == ["right"] * 5


def test_same_seed_gives_the_same_outputs(place: Place) -> None:
    one, same, other = (
        place.json("trainer", "gates", "--seed", seed) for seed in (5, 5, 6)
    )
    assert one["all_right"]
    assert one["gates"]["XOR"]["answers"] == [0, 1, 1, 0]
    assert one == same
    assert one["gates"]["XOR"]["outputs"] != other["gates"]["XOR"]["outputs"]
