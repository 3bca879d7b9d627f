"""The card: what other programs read from the metadata of a model."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_store import Card

VALUES = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SECTIONS = st.dictionaries(st.text(), VALUES | st.text() | st.lists(VALUES), max_size=3)


@given(SECTIONS, SECTIONS, st.none() | st.integers(1))
def test_card_comes_back_from_its_text(
    training: dict[str, Any], metrics: dict[str, Any], parent: int | None
) -> None:
    card = Card(
        created="2026-01-01T00:00:00+00:00",
        layers=[784, 10],
        activations=["sigmoid"],
        loss="tse",
        training=training,
        metrics=metrics,
        parent=parent,
    )
    assert Card.from_json(card.to_json()) == card


def test_later_keys_are_left_alone(card: Card) -> None:
    text = card.to_json().replace("{", '{"licence": "MIT", ', 1)
    assert Card.from_json(text) == card


@pytest.mark.parametrize("value", [None, "0.9", [0.9], {}])
def test_figure_that_is_no_number_is_absent(card: Card, value: object) -> None:
    strange = replace(
        card,
        metrics={"test_accuracy": value, "temperature": value},
        energy={"joules": value},
    )
    assert strange.test_accuracy is None
    assert strange.joules is None
    assert strange.temperature == 1.0


@pytest.mark.parametrize("temperature", [0, -1.5])
def test_temperature_that_makes_no_sense_is_1(card: Card, temperature: float) -> None:
    strange = replace(card, metrics={"temperature": temperature})
    assert strange.temperature == 1.0


def test_figures_are_read(card: Card) -> None:
    full = replace(
        card,
        metrics={"test_accuracy": 0.98, "temperature": 1.5},
        energy={"joules": 2763.0},
        data={"source": "embedded"},
    )
    assert (full.test_accuracy, full.temperature, full.joules) == (0.98, 1.5, 2763.0)
    assert full.is_embedded
    assert not card.is_embedded
