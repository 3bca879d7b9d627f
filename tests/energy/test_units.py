import pytest

from energy import bulb_seconds, co2e_grams, cycles_per_bulb_hour, watt_hours

NOTES_JOULES = 61.4 / 1000 * 12.5 * 3600  # 61.4 mAh at 12.5 V


def test_notes_cycle_is_their_watt_hours() -> None:
    assert watt_hours(NOTES_JOULES) == pytest.approx(0.7675)


def test_an_hour_of_the_bulb_is_36_48_of_the_notes_cycles() -> None:
    assert cycles_per_bulb_hour(NOTES_JOULES) == pytest.approx(36.48208469055375)


def test_notes_cycle_is_99_seconds_of_the_bulb() -> None:
    assert bulb_seconds(NOTES_JOULES) == pytest.approx(2763 / 28)


def test_another_bulb_lasts_in_proportion() -> None:
    assert bulb_seconds(2763, bulb_watts=14) == 2 * bulb_seconds(2763)


@pytest.mark.parametrize(
    ("grid", "grams"), [(34.8, 0.0267), (381, 0.2924), (480, 0.3684), (0, 0)]
)
def test_notes_cycle_emits_what_the_grid_does(grid: float, grams: float) -> None:
    assert co2e_grams(2763, grid) == pytest.approx(grams, rel=1e-3)


def test_an_hour_of_the_bulb_is_infinitely_many_cycles_of_no_energy() -> None:
    assert cycles_per_bulb_hour(0.0) == float("inf")
