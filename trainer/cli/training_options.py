"""The options that say what to train: a preset, its changes, a budget."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from model_store.backprop import LOSSES
from model_store.network import SLOPES
from trainer.cli.options import Layers, Positive
from trainer.errors import BoundUnknown
from trainer.learning.first_weights import FIRST_WEIGHTS
from trainer.learning.settings import settings_for
from trainer.request import Limits, Request
from trainer.training.gain import OVER_EPOCHS

Command = Callable[..., Any]

SETTINGS = (
    "hidden",
    "activation",
    "weights",
    "loss",
    "learning_rate",
    "epochs",
    "batch_size",
    "augment",
)
_REQUEST = ("choice", "preset", "seed", "resumed", "plots")
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
    help="Where the settings below start from. notebook: the course notes to the"
    " letter (per-sample SGD, sigmoid, 50 epochs). default: what reads most digits"
    " right with the layers 784-500-200-10.",
)


def settings_options(command: Command) -> Command:
    """Changes of the preset, each None if it is not given."""
    options = [
        click.option(
            "--hidden",
            type=Layers(),
            help="Nodes in each hidden layer, from the input on, such as 500,200.",
        ),
        click.option(
            "--activation",
            type=click.Choice(list(SLOPES)),
            help="The activation function of the hidden layers.",
        ),
        click.option(
            "--weights",
            type=click.Choice(list(FIRST_WEIGHTS)),
            help="First weights: notes, 0.5 - U(0, 1), for the sigmoid; he, a normal"
            " distribution of variance 2 / fan-in (He et al. 2015), for ReLU. --preset"
            " notebook --activation relu takes he and a learning rate of 0.03, unless"
            " they are given.",
        ),
        click.option(
            "--loss",
            type=click.Choice(list(LOSSES)),
            help="What training minimises: tse, the total squared error (with a sigmoid"
            " output), or cross-entropy (with a softmax output).",
        ),
        click.option(
            "--learning-rate",
            type=Positive(),
            metavar="A",
            help="Alpha: how far an update goes along the gradient.",
        ),
        click.option(
            "--epochs",
            type=click.IntRange(min=1),
            metavar="N",
            help="How often all training rows are used.",
        ),
        click.option(
            "--batch-size",
            type=click.IntRange(min=1),
            metavar="B",
            help="Rows whose gradients make one update; 1 is per-sample SGD.",
        ),
        click.option(
            "--augment/--no-augment",
            default=None,
            help="Train on changed copies of the digits, new ones in each epoch.",
        ),
        click.option(
            "--seed",
            type=click.IntRange(0, 2**32 - 1),
            metavar="S",
            help="Of the weights, the order of the rows and their copies: the same seed"
            " gives the same network. Drawn and recorded if left out.",
        ),
    ]
    return _apply(options, command)


def _limit_options(command: Command) -> Command:
    options = [
        click.option(
            "--max-joules",
            type=Positive(),
            metavar="J",
            help="Stop after the batch that has used up J joules, and publish.",
        ),
        click.option(
            "--min-gain-per-joule",
            type=Positive(),
            metavar="G",
            help="Stop when another joule buys too little, and publish: when the last"
            f" {OVER_EPOCHS} epochs raised the best accuracy on held-out rows by less"
            " than G for each joule that they used, such as 0.0001.",
        ),
        click.option(
            "--max-seconds",
            type=Positive(),
            metavar="S",
            help="Stop after the batch that ends past S seconds, and publish.",
        ),
        click.option(
            "--resume",
            "resumed",
            is_flag=True,
            help="Go on from the checkpoint that the same command left in the state"
            " directory, when a signal stopped it or its network could not be"
            " published; begin anew if there is none.",
        ),
        click.option(
            "--plots",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help="Write the report's plots into this directory too, as PNG files and"
            " one page, index.html. The store has them under reports/.",
        ),
        click.option(
            "--no-gate",
            is_flag=True,
            help="Publish without comparing with the best version in the store.",
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
