"""The options of the energy commands."""

import math
from collections.abc import Callable
from typing import Any

import click

from energy.settings import EnergySettings

Command = Callable[..., Any]

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object."
)


def setting(name: str, meaning: str) -> Callable[[Command], Command]:
    """An option for the variable DIGITS_`name`; its value is checked later."""
    flag = "--" + name.replace("_", "-").lower()
    flags = dict.fromkeys([flag, flag.replace("energy-", "")])  # --source works as well
    variable = f"DIGITS_{name}"
    return click.option(
        *flags, variable, envvar=variable, show_envvar=True, metavar="X", help=meaning
    )


source_option = setting("ENERGY_SOURCE", "auto, rapl, battery, hwmon, estimate, none.")
root_option = setting("POWERCAP_ROOT", "The directory of the RAPL counters.")
watts_option = setting(
    "WATTS_PER_CPU", "What a busy CPU draws beside its idle power, for an estimate."
)
carbon_option = setting("CARBON_GRAMS_PER_KWH", "CO2e of the grid [world 2023: 480].")


def positive(
    _context: click.Context, option: click.Parameter, number: float | None
) -> float | None:
    """Refuse anything but a finite number above 0."""
    if number is not None and not 0 < number < math.inf:
        raise click.BadParameter(f"{number} is not a positive number", param=option)
    return number


def reading(flag: str, meaning: str) -> Callable[[Callable[..., None]], Any]:
    """An option for a positive number that was read from a battery."""
    return click.option(flag, type=float, callback=positive, help=meaning)


def settings_from(variables: dict[str, str | None]) -> EnergySettings:
    """The settings from the options, or from the environment where one is not given."""
    return EnergySettings.from_environ({k: v for k, v in variables.items() if v})
