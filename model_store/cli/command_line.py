"""What the commands share: the options that open a store, and how a command ends."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

import model_store
from model_store.address import ALLOWED, store_address, without_credentials
from model_store.files.allow_list import AllowList


class _Address(click.ParamType[str]):
    """A directory or a bucket."""

    name = "ADDRESS"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        try:
            return store_address(value)
        except ValueError:
            self.fail(f"{without_credentials(value)!r} is not allowed: {ALLOWED}")


_store_option = click.option(
    "--store",
    type=_Address(),
    envvar="DIGITS_STORE",
    default="models",
    show_default=True,
    show_envvar=True,
    help="The model store: a directory, or s3://BUCKET/PREFIX (also gs:// and az://).",
)
state_option = click.option(
    "--state",
    type=click.Path(path_type=Path),
    envvar="DIGITS_STATE",
    default=Path("state"),
    show_default=True,
    show_envvar=True,
    help="The directory that service and trainer both write: pin, checkpoints, sweeps.",
)
_allow_list_option = click.option(
    "--model-allowlist",
    type=click.Path(path_type=Path),
    envvar="DIGITS_MODEL_ALLOWLIST",
    show_envvar=True,
    help="A file of sha256sum lines: only the model files that it lists are valid.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object."
)


def store_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--store, --state and --model-allowlist, as one opened `store`."""

    @_store_option
    @state_option
    @_allow_list_option
    @functools.wraps(command)
    def wrapped(
        store: str, state: Path, model_allowlist: Path | None, **rest: Any
    ) -> Any:
        allow_list = AllowList(model_allowlist) if model_allowlist else None
        if allow_list:
            allow_list.sums()  # a list that cannot be read is told at once
        # By the package's name: it loads numpy only when somebody opens a store.
        opened = model_store.open_store(store, state, allow_list)
        return command(store=opened, **rest)

    return wrapped


def run(
    command: click.Command,
    program: str,
    mistakes: type[Exception] | tuple[type[Exception], ...],
) -> NoReturn:
    """Run a click command and exit.

    Exit 0, or what the command returns; 2 with one line on stderr for bad usage and
    for the `mistakes` that the program knows; 130 after Ctrl-C.
    """
    try:
        code = command.main(prog_name=program, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        _complain(program, error.format_message())
    except mistakes as error:
        _complain(program, str(error))
    sys.exit(code if isinstance(code, int) else 0)


def _complain(program: str, message: str) -> NoReturn:
    sys.stderr.write(f"{program}: {' '.join(message.split())}\n")
    sys.exit(2)
