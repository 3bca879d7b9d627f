"""The command that repeats the course notes' experiment on a laptop's battery."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from energy.cli.cycles import command_runs, line_entered, seconds_pass
from energy.cli.experiment import Drawn, Experiment, follow
from energy.cli.options import carbon_option, json_option, reading, settings_from
from energy.cli.report import experiment_lines
from energy.clocks import system_clocks
from energy.settings import EnergySettings
from energy.sources.battery import Battery, open_battery

HELP = """Measure the energy of a training cycle on a battery, as the course notes did.

Unplug the charger and dim the display. Then either give the training as a COMMAND
after --; it is run --runs times:

\b
    python -m energy battery --runs 5 -- python -m trainer train --preset notebook

Or give no COMMAND, start the cycles yourself (run the notebook) when asked to, and
press Enter after the last. The idle machine is measured first: do not use it then.

With readings given (the notes' 6439 and 6132 mAh at 12.5 V) it only computes:

\b
    python -m energy battery --start-mah 6439 --end-mah 6132 --volts 12.5 --runs 5
"""


@click.command(help=HELP)
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
    help="Seconds to measure the idle machine first; 0 to leave that out.",
)
@reading(
    "--start-mah",
    "Charge before the runs; needs the next two options, and runs nothing.",
)
@reading("--end-mah", "Charge after the runs.")
@reading("--volts", "The battery's nominal voltage.")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    default=EnergySettings.power_supply_root,
    show_default=True,
    help="The kernel's directory of batteries.",
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
    grams_per_kwh = settings_from(variables).carbon_grams_per_kwh
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
        click.echo(json.dumps(experiment.to_dict(grams_per_kwh)))
    else:
        click.echo("\n".join(experiment_lines(experiment, grams_per_kwh)))


def _measure(
    root: Path, runs: int, baseline: float, command: Sequence[str]
) -> Experiment:
    source = open_battery(root, system_clocks().wall_s)
    idle_watts = _idle_watts(source, baseline) if baseline else None
    return Experiment(runs, _cycles(source, runs, command), idle_watts)


def _idle_watts(source: Battery, seconds: float) -> float | None:
    click.echo(f"Measuring the idle machine for {seconds:g} s ...", err=True)
    return follow(source, seconds_pass(seconds)).watts


def _cycles(source: Battery, runs: int, command: Sequence[str]) -> Drawn:
    if command:
        click.echo(f"Running {command[0]} {runs} times ...", err=True)
        with command_runs(command, runs) as finished:
            return follow(source, finished)
    click.echo(f"Run {runs} training cycles now, then press Enter here.", err=True)
    return follow(source, line_entered(sys.stdin))
