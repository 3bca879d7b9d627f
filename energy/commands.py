"""The energy commands: which source there is, watts live, the notes' experiment."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from energy import EnergySettings, SourceUnavailable, __version__, open_meter
from energy.battery import Battery, open_battery
from energy.choose import candidates
from energy.clocks import system_clocks
from energy.cycles import command_runs, line_entered, seconds_pass
from energy.experiment import Drawn, Experiment, follow
from energy.report import (
    candidate_lines,
    candidates_object,
    chosen,
    experiment_lines,
    experiment_object,
    watch_line,
    watch_object,
)
from energy.watch import Watched, ticks

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object."
)


def setting(name: str, meaning: str) -> Callable[[Callable[..., None]], Any]:
    """An option for DIGITS_ variable `name`; what it holds is checked later."""
    flag = "--" + name.removeprefix("ENERGY_").replace("_", "-").lower()
    variable = f"DIGITS_{name}"
    return click.option(
        flag, variable, envvar=variable, show_envvar=True, metavar="X", help=meaning
    )


source_option = setting("ENERGY_SOURCE", "auto, rapl, battery, hwmon, estimate, none.")
root_option = setting("POWERCAP_ROOT", "The directory of the RAPL counters.")
watts_option = setting("WATTS_PER_CPU", "What a busy CPU adds, for the estimate.")
carbon_option = setting("CARBON_GRAMS_PER_KWH", "CO2e of the grid [world 2023: 480].")


def _positive(
    _context: click.Context, option: click.Parameter, number: float | None
) -> float | None:
    if number is not None and not 0 < number < math.inf:
        raise click.BadParameter(f"{number} is not a positive number", param=option)
    return number


def reading(flag: str, meaning: str) -> Callable[[Callable[..., None]], Any]:
    """An option for a positive number that was read off a battery."""
    return click.option(flag, type=float, callback=_positive, help=meaning)


@click.group(no_args_is_help=False)
@click.version_option(__version__, prog_name="energy")
def cli() -> None:
    """Measure joules: of the processor, of a battery, or estimated from CPU time."""


@cli.command()
@source_option
@root_option
@watts_option
@json_option
def sources(as_json: bool, **variables: str | None) -> None:
    """Say which source would be used, and why each other one is not."""
    settings = _settings(variables)
    all_of_them = candidates(settings)
    name = chosen(settings.source, all_of_them)
    if as_json:
        click.echo(json.dumps(candidates_object(name, all_of_them)))
    else:
        click.echo("\n".join(candidate_lines(name, all_of_them)))
    if name is None and settings.source != "none":
        open_meter(settings)  # raises the reason


@cli.command()
@click.option(
    "--seconds", type=float, callback=_positive, help="End after these; else Ctrl-C."
)
@source_option
@root_option
@watts_option
@json_option
def watch(seconds: float | None, as_json: bool, **variables: str | None) -> None:
    """Show watts live, by domain: a line a second, or one JSON object at the end.

    The machine's watts, whatever uses them; under `estimate` those that its busy
    CPUs would draw.
    """
    meter = open_meter(_settings(variables))
    if meter.source is None:
        raise SourceUnavailable("none", meter.info.detail)
    watched = Watched(meter.source)
    try:
        for tick in ticks(meter, seconds):
            watched.add(tick)
            if not as_json:
                click.echo(watch_line(watched, tick))
    finally:  # Ctrl-C is the usual end
        if as_json:
            click.echo(json.dumps(watch_object(watched)))


@cli.command()
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How many training cycles.",
)
@click.option(
    "--baseline",
    type=click.FloatRange(min=0, max=86400),
    default=60.0,
    show_default=True,
    help="Seconds to measure the idle machine first; 0: not at all.",
)
@reading("--start-mah", "Charge before the runs; with the next two, nothing is run.")
@reading("--end-mah", "Charge after the runs.")
@reading("--volts", "The battery's nominal voltage.")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    default=EnergySettings.power_supply_root,
    show_default=True,
    help="Where the kernel shows its batteries.",
)
@carbon_option
@json_option
@click.argument("command", nargs=-1)
def battery(  # noqa: PLR0913 - an argument for each option
    *,
    runs: int,
    baseline: float,
    start_mah: float | None,
    end_mah: float | None,
    volts: float | None,
    root: Path,
    as_json: bool,
    command: Sequence[str],
    **variables: str | None,
) -> None:
    r"""Measure what a training cycle costs, as the course notes did, on a battery.

    Unplug the charger, dim the display, and either give the training as a COMMAND
    after --, which is then run --runs times:

    \b
        python -m energy battery --runs 5 -- python -m trainer train --preset notebook

    or give none, start the cycles yourself (run the notebook) when asked to, and press
    Enter after the last. The idle machine is measured first, so leave it alone then.

    With readings instead (the notes' 6439 and 6132 mAh at 12.5 V) it only computes:

    \b
        python -m energy battery --start-mah 6439 --end-mah 6132 --volts 12.5 --runs 5
    """
    grams_per_kwh = _settings(variables).carbon_grams_per_kwh
    readings = (start_mah, end_mah, volts)
    if start_mah and end_mah and volts and not command:
        experiment = Experiment.from_readings(start_mah, end_mah, volts, runs)
    elif any(readings):
        raise click.UsageError(
            "--start-mah, --end-mah and --volts go together, without a command"
        )
    else:
        experiment = _measure(root, runs, baseline, command)
    if as_json:
        click.echo(json.dumps(experiment_object(experiment, grams_per_kwh)))
    else:
        click.echo("\n".join(experiment_lines(experiment, grams_per_kwh)))


def _settings(variables: dict[str, str | None]) -> EnergySettings:
    return EnergySettings.from_environ({k: v for k, v in variables.items() if v})


def _measure(
    root: Path, runs: int, baseline: float, command: Sequence[str]
) -> Experiment:
    source = open_battery(root, system_clocks().wall_s)
    idle_watts = _idle_watts(source, baseline) if baseline else None
    return Experiment(runs, _cycles(source, runs, command), idle_watts)


def _idle_watts(source: Battery, seconds: float) -> float:
    click.echo(f"Measuring the idle machine for {seconds:g} s ...", err=True)
    idle = follow(source, seconds_pass(seconds))
    return idle.joules / idle.seconds


def _cycles(source: Battery, runs: int, command: Sequence[str]) -> Drawn:
    if command:
        click.echo(f"Running {' '.join(command)}, {runs} times ...", err=True)
        with command_runs(command, runs) as finished:
            return follow(source, finished)
    click.echo(f"Run {runs} training cycles now, then press Enter here.", err=True)
    return follow(source, line_entered())
