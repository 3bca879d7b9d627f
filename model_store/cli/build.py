"""Which build of the product this is: its version, and its commit where it is known."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from model_store import __version__

UNKNOWN = "unknown"
_CHECKOUT = Path(__file__).parents[2]
_GIT_S = 5.0


def commit(environ: Mapping[str, str], checkout: Path = _CHECKOUT) -> str:
    """The commit in DIGITS_COMMIT (images have it set), else that of the checkout.

    It runs git: ask once, not for each request. UNKNOWN for an installed package.
    """
    if given := environ.get("DIGITS_COMMIT"):
        return given
    if not (checkout / ".git").exists():
        return UNKNOWN
    command = ["git", "-C", str(checkout), "rev-parse", "--short=12", "HEAD"]
    try:
        git = subprocess.run(  # noqa: S603 (no part of it is from outside)
            command, capture_output=True, text=True, check=True, timeout=_GIT_S
        )
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return git.stdout.strip()


def version_option(program: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --version of a program's command: the version and the commit."""

    def show(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
        if is_asked and not context.resilient_parsing:
            build = commit(os.environ)
            click.echo(f"{program}, version {__version__} (commit {build})")
            context.exit()

    return click.option(
        "--version",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Show the version and the commit, and exit.",
    )
