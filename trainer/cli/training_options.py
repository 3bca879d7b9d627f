"""The options that say what to train: a preset, its changes, a budget."""

import functools
from collections.abc import Callable
from typing import Any

import click

from model_store.network import SLOPES
from trainer.cli.options import Layers, Positive
from trainer.errors import BoundUnknown
from trainer.learning.backprop import LOSSES
from trainer.learning.settings import settings_for
from trainer.request import Limits, Request
from trainer.training.gain import OVER_EPOCHS

Command = Callable[..., Any]

SETTINGS = (
    "hidden",
    "activation",
    "loss",
    "learning_rate",
    "epochs",
    "batch_size",
    "augment",
)
_REQUEST = ("choice", "preset", "seed", "resumed")
_LIMITS = ("max_seconds", "max_joules", "min_gain_per_joule")


def training_options(command: Command) -> Command:
    """What a run is asked, as one `request`; goes below @data_options."""

    @preset_option
    @settings_options
    @_limit_options
    @functools.wraps(command)
    def wrapped(no_gate: bool, **given: Any) -> Any:
        asked = {name: given.pop(name) for name in _REQUEST}
        limits = Limits(**{name: given.pop(name) for name in _LIMITS})
        settings = {name: given.pop(name) for name in SETTINGS}
        changes = {name: value for name, value in settings.items() if value is not None}
        request = Request(changes=changes, limits=limits, gated=not no_gate, **asked)
        _refuse_unknowable(request)
        return command(request=request, **given)

    return wrapped


preset_option = click.option(
    "--preset",
    type=click.Choice(["notebook", "default"]),
    default="default",
    show_default=True,
    help="notebook: the course notes to the letter."
    " default: the best accuracy of the architecture.",
)


def settings_options(command: Command) -> Command:
    """Changes of the preset, each None if it is not given."""
    options = [
        click.option("--hidden", type=Layers(), help="Nodes of the hidden layers."),
        click.option(
            "--activation",
            type=click.Choice(list(SLOPES)),
            help="Of the hidden layers.",
        ),
        click.option(
            "--loss",
            type=click.Choice(list(LOSSES)),
            help="tse has a sigmoid output, cross-entropy a softmax output.",
        ),
        click.option("--learning-rate", type=Positive(), metavar="A", help="Alpha."),
        click.option(
            "--epochs",
            type=click.IntRange(min=1),
            metavar="N",
            help="Passes through the training rows.",
        ),
        click.option(
            "--batch-size",
            type=click.IntRange(min=1),
            metavar="B",
            help="Rows for each update; 1 is per-sample SGD.",
        ),
        click.option(
            "--augment/--no-augment", default=None, help="Train on distorted copies."
        ),
        click.option(
            "--seed",
            type=click.IntRange(0, 2**32 - 1),
            metavar="S",
            help="Makes a run repeatable; a fresh one if left out.",
        ),
    ]
    return _apply(options, command)


def _limit_options(command: Command) -> Command:
    options = [
        click.option(
            "--max-joules",
            type=Positive(),
            metavar="J",
            help="Stop at the end of the batch that spends them, and publish.",
        ),
        click.option(
            "--min-gain-per-joule",
            type=Positive(),
            metavar="G",
            help="Stop and publish when the last"
            f" {OVER_EPOCHS} epochs raised the best accuracy on the held-out rows by"
            " less than G for each joule of theirs, such as 0.0001.",
        ),
        click.option(
            "--max-seconds",
            type=Positive(),
            metavar="S",
            help="Stop at the end of the batch that passes them, and publish.",
        ),
        click.option(
            "--resume",
            "resumed",
            is_flag=True,
            help="Go on from the checkpoint that the same command left in the state"
            " directory when a signal stopped it; begin anew if there is none.",
        ),
        click.option(
            "--no-gate",
            is_flag=True,
            help="Publish without comparing to the served version.",
        ),
    ]
    return _apply(options, command)


def _refuse_unknowable(request: Request) -> None:
    """Raises BoundUnknown if the accuracy that a joule must buy is never measured."""
    held_out = settings_for(request.preset, False, 0, request.changes).holds_out
    if request.limits.min_gain_per_joule is not None and not held_out:
        raise BoundUnknown(
            "--min-gain-per-joule",
            f"held-out rows, and preset {request.preset} has none",
        )


def _apply(options: list[Command], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
