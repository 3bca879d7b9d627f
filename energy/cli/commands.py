"""The energy commands: the sources that there are, and watts live."""

import json

import click

from energy import SourceUnavailable, __version__, open_meter
from energy.choose import candidates
from energy.cli.notes_command import battery
from energy.cli.options import (
    json_option,
    positive,
    root_option,
    settings_from,
    source_option,
    watts_option,
)
from energy.cli.report import (
    chosen,
    source_lines,
    sources_to_dict,
)
from energy.cli.watch import Watched, ticks


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
    """Show which source would be used, and why each other one would not."""
    settings = settings_from(variables)
    all_of_them = candidates(settings)
    name = chosen(settings.source, all_of_them)
    if as_json:
        click.echo(json.dumps(sources_to_dict(name, all_of_them)))
    else:
        click.echo("\n".join(source_lines(name, all_of_them)))
    if name is None and settings.source != "none":
        open_meter(settings)  # raises the reason


@cli.command()
@click.option(
    "--seconds",
    type=float,
    callback=positive,
    help="Stop after that many; without it, at Ctrl-C.",
)
@source_option
@root_option
@watts_option
@json_option
def watch(seconds: float | None, as_json: bool, **variables: str | None) -> None:
    """Show watts live, by domain: a line a second, or one JSON object at the end.

    They are the watts of the whole machine; with `estimate`, the watts that its CPUs
    are estimated to draw.
    """
    meter = open_meter(settings_from(variables))
    if meter.source is None:
        raise SourceUnavailable("none", meter.info.detail)
    watched = Watched(meter.source)
    try:
        for tick in ticks(meter, seconds):
            watched.add(tick)
            if not as_json:
                click.echo(watched.line(tick))
    finally:  # Ctrl-C is the usual end
        if as_json:
            click.echo(json.dumps(watched.to_dict()))


cli.add_command(battery)
