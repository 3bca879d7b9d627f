"""The `energy` section of the metadata: each phase's joules apart, and the curve."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from energy import bulb_seconds, co2e_grams, watt_hours
from tests.support.commands import Place

Quick = tuple[object, ...]
PHASES = ["load", "warm_up", "fit", "cost", "evaluate"]
DERIVED: dict[str, Callable[[float], float]] = {
    "watt_hours": watt_hours,
    "co2e_grams": lambda joules: co2e_grams(joules, 100.0),
    "bulb_seconds": bulb_seconds,
}


@pytest.fixture
def energy(place: Place, quick: Quick) -> Mapping[str, Any]:
    """The section that a training of two epochs leaves, at 5 W and 100 g/kWh."""
    settings = {"DIGITS_WATTS_PER_CPU": "5", "DIGITS_CARBON_GRAMS_PER_KWH": "100"}
    document = place.json("trainer", *quick, **settings)
    section = place.store.load(1).card.energy
    assert document["energy"] == section
    return section


def test_each_phase_has_its_own_figures(energy: Mapping[str, Any]) -> None:
    assert list(energy["phases"]) == PHASES
    for phase in energy["phases"].values():
        assert phase["joules"] == pytest.approx(5 * phase["cpu_seconds"], rel=0.01)
        for name, derive in DERIVED.items():
            assert phase[name] == pytest.approx(derive(phase["joules"]))


def test_section_s_own_figures_are_the_fit_s(energy: Mapping[str, Any]) -> None:
    fit = energy["phases"]["fit"]
    assert {name: energy[name] for name in fit} == fit


def test_estimate_carries_its_coefficients_and_bounds(
    energy: Mapping[str, Any],
) -> None:
    assert (energy["source"], energy["scope"]) == ("estimate", "process")
    factors = energy["coefficients"]
    assert factors["watts_per_cpu"] == 5
    for phase in energy["phases"].values():
        for bound in ("low", "high"):
            expected = factors[f"{bound}_factor"] * phase["joules"]
            assert phase[f"{bound}_joules"] == pytest.approx(expected)


def test_curve_shows_what_the_joules_bought(energy: Mapping[str, Any]) -> None:
    curve = energy["curve"]
    assert [point["epoch"] for point in curve] == [1, 2]
    assert 0 < curve[0]["joules"] < curve[1]["joules"] <= energy["joules"]
    for point in curve:
        assert 0 <= point["validation_accuracy"] <= 1
        assert point["cost"] > 0


def test_without_a_source_every_figure_of_joules_is_unknown(
    place: Place, quick: Quick
) -> None:
    energy = place.json("trainer", *quick, DIGITS_ENERGY_SOURCE="none")["energy"]
    assert (energy["scope"], energy["coefficients"]) == (None, {})
    for phase in energy["phases"].values():
        assert phase["cpu_seconds"] >= 0
        for name in ("joules", "low_joules", "high_joules", *DERIVED):
            assert phase[name] is None
    assert {point["joules"] for point in energy["curve"]} == {None}


def test_accuracies_of_the_curve_are_unknown_without_held_out_rows(
    place: Place, quick: Quick
) -> None:
    document = place.json("trainer", *quick, "--preset", "notebook")
    curve = document["energy"]["curve"]
    assert {point["validation_accuracy"] for point in curve} == {None}
    assert [point["cost"] for point in curve] == document["cost_history"]
