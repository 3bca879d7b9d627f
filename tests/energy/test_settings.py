from pathlib import Path

import pytest

from energy import WORLD_GRAMS_PER_KWH, EnergySettingError, EnergySettings


def test_nothing_set_means_auto_and_the_published_coefficients() -> None:
    settings = EnergySettings.from_environ({})
    assert settings.source == "auto"
    assert settings.powercap_root is None
    assert settings.watts_per_cpu == pytest.approx(2.76)
    assert settings.carbon_grams_per_kwh == WORLD_GRAMS_PER_KWH


def test_every_variable_is_taken() -> None:
    settings = EnergySettings.from_environ(
        {
            "DIGITS_ENERGY_SOURCE": "rapl",
            "DIGITS_POWERCAP_ROOT": "/counters",
            "DIGITS_WATTS_PER_CPU": "4.5",
            "DIGITS_CARBON_GRAMS_PER_KWH": "0",
        }
    )
    assert settings == EnergySettings("rapl", Path("/counters"), 4.5, 0.0)


def test_an_empty_variable_counts_as_unset() -> None:
    empty = {"DIGITS_ENERGY_SOURCE": "", "DIGITS_WATTS_PER_CPU": ""}
    assert EnergySettings.from_environ(empty) == EnergySettings()


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("DIGITS_ENERGY_SOURCE", "RAPL", "auto, rapl, battery, hwmon, estimate, none"),
        ("DIGITS_ENERGY_SOURCE", "solar", "one of"),
        ("DIGITS_WATTS_PER_CPU", "0", "from 0.001 to 1000"),
        ("DIGITS_WATTS_PER_CPU", "-2", "from 0.001 to 1000"),
        ("DIGITS_WATTS_PER_CPU", "nan", "from 0.001 to 1000"),
        ("DIGITS_WATTS_PER_CPU", "inf", "from 0.001 to 1000"),
        ("DIGITS_WATTS_PER_CPU", "3 W", "from 0.001 to 1000"),
        ("DIGITS_CARBON_GRAMS_PER_KWH", "-1", "from 0 to 5000"),
        ("DIGITS_CARBON_GRAMS_PER_KWH", "green\nish", "from 0 to 5000"),
    ],
)
def test_a_bad_value_is_told_in_one_line(
    variable: str, value: str, allowed: str
) -> None:
    with pytest.raises(EnergySettingError) as error:
        EnergySettings.from_environ({variable: value})
    assert (error.value.variable, error.value.value) == (variable, value)
    line = str(error.value)
    assert variable in line
    assert repr(value) in line
    assert allowed in line
    assert "\n" not in line
