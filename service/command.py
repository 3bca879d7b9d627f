"""The command of the service: checks the settings, then becomes gunicorn's master."""

import errno
import os
import socket
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import click

from energy import EnergyError, EnergySettings, open_meter
from feedback.corrections.secret import secret
from feedback.errors import FeedbackError
from feedback.place import database_file, refuse_network
from model_store import AllowList, StoreError, StoreUnavailable
from model_store.address import check_installed
from model_store.cli.build import commit, version_option
from model_store.cli.command_line import run
from service.access.keys import KeySource
from service.config import SETTINGS, ServiceConfig
from service.corrections.token_key import OFF
from service.server.shared_directory import make_shared_directory
from service.setting import ConfigError, Setting

_GUNICORN_CONFIG = Path(__file__).with_name("gunicorn.conf.py")

# The variables of the energy meter, which reads and checks them itself.
_ENERGY = {
    "DIGITS_ENERGY_SOURCE": "auto, rapl, battery, hwmon, estimate or none.",
    "DIGITS_POWERCAP_ROOT": "The directory of the RAPL counters.",
    "DIGITS_WATTS_PER_CPU": "What a busy CPU draws beside its idle power.",
    "DIGITS_CARBON_GRAMS_PER_KWH": "CO2e of the grid [world 2023: 480].",
}

_DIRECTORIES = ("DIGITS_STORE", "DIGITS_STATE")


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    known = {s.variable: _described(s) for s in SETTINGS}
    for variable, text in reversed((known | _ENERGY).items()):
        flag = "--" + variable.removeprefix("DIGITS_").lower().replace("_", "-")
        shown = f"{text}  [env var: {variable}]"
        command = click.option(flag, variable, metavar="VALUE", help=shown)(command)
    return command


def _described(setting: Setting) -> str:
    return f"{setting.help}  [default: {setting.default or 'unset'}]"


@click.command()
@version_option("service")
@_with_settings
def main(**flags: str | None) -> None:
    """Serve the newest model over HTTP until Ctrl-C.

    To try it: curl -F image=@digit.png http://127.0.0.1:8000/predict
    """
    given = {name: value for name, value in flags.items() if value is not None}
    environ = {**os.environ, **given}
    config = ServiceConfig.from_environ(environ)
    check_installed(config.store)
    _check_files(config, environ)
    _check_corrections(config)
    if config.rate_limit_storage and not find_spec("redis"):
        raise click.UsageError(
            "DIGITS_RATE_LIMIT_STORAGE needs more: pip install 'digits[redis]'"
        )
    open_meter(EnergySettings.from_environ(environ))  # a forced source must be there
    if environ.get("LISTEN_PID") != str(os.getpid()):  # else systemd listens already
        _check_free(config.host, config.port)
    _become_gunicorn(environ)


def _check_files(config: ServiceConfig, environ: Mapping[str, str]) -> None:
    """Refuse files that cannot be used: a running service would go on without them."""
    for setting in SETTINGS:
        value = getattr(config, setting.field)
        try:
            if isinstance(value, KeySource):
                value.read()
            elif setting.variable == "DIGITS_MODEL_ALLOWLIST" and value:
                AllowList(value).sums()
            elif setting.variable in _DIRECTORIES and Path(value).is_file():
                raise NotADirectoryError(value)
        except (OSError, ValueError, StoreUnavailable):
            text = environ.get(setting.variable) or setting.default
            raise setting.refusal(text) from None


def _check_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on; gunicorn would keep trying."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except (UnicodeError, socket.gaierror):
        raise ConfigError("DIGITS_HOST", host, "an address or a host name") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.UsageError(
                f"{host}:{port} is in use, perhaps by another service;"
                " choose another port with DIGITS_PORT or --port"
            ) from None
        raise click.UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}"
        ) from None


def _check_corrections(config: ServiceConfig) -> None:
    """Raises FeedbackError if corrections are on and could never be taken."""
    if config.feedback == OFF:
        return
    if config.database_url is None:
        refuse_network(database_file(config.state))
    else:
        # The library that reads addresses takes a moment to load.
        from feedback.database import Database  # noqa: PLC0415

        Database.at(config.database_url, config.state).close()
    if config.feedback_secret:
        secret(config.feedback_secret, config.state)


def _become_gunicorn(environ: Mapping[str, str]) -> NoReturn:
    """Replace this process by gunicorn's master, which keeps its pid."""
    # glibc keeps a heap for each thread and gives little back (docs/sizing.md).
    environ = {"MALLOC_ARENA_MAX": "1", **environ}
    os.execve(  # noqa: S606 (no shell is wanted)
        sys.executable,
        [sys.executable, "-m", "gunicorn", "--config", str(_GUNICORN_CONFIG)],
        {
            **environ,
            # One request's product is too small to gain from BLAS threads, and
            # without them a thread's CPU time is all that its request costs.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "PROMETHEUS_MULTIPROC_DIR": _shared_directory(),
            "DIGITS_COMMIT": commit(environ),  # asked of git once, not by each worker
        },
    )


def _shared_directory() -> str:
    try:
        return make_shared_directory()
    except OSError as error:
        raise click.UsageError(
            f"no temporary directory can be used ({error}); name one with TMPDIR"
        ) from None


def run_command() -> NoReturn:
    """Run the command that the command line gives, and exit if it is a mistake."""
    mistakes = (ConfigError, StoreError, EnergyError, FeedbackError)
    run(main, "python -m service", mistakes)
