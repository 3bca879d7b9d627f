"""What the commands share: the store's options, and how a command ends."""

import sys
from pathlib import Path
from typing import NoReturn

import click

store_option = click.option(
    "--store",
    type=click.Path(path_type=Path),
    envvar="DIGITS_STORE",
    default=Path("models"),
    show_default=True,
    show_envvar=True,
    help="The directory of the model store.",
)
state_option = click.option(
    "--state",
    type=click.Path(path_type=Path),
    envvar="DIGITS_STATE",
    default=Path("state"),
    show_default=True,
    show_envvar=True,
    help="The directory of the file PINNED, which names the version to serve.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object."
)


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
