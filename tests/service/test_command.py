"""The command `python -m service`: its flags, its refusals, and what it becomes."""

import os
import runpy
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from model_store import __version__
from service.command import main
from tests.support.installation import Installation, Service, free_port

VARIABLES = [
    f"DIGITS_{name}"
    for name in ("STORE", "STATE", "HOST", "PORT", "WORKERS", "THREADS",
                 "MAX_UPLOAD_BYTES", "MAX_PIXELS", "RELOAD_SECONDS",
                 "API_KEYS", "ADMIN_TOKEN", "RATE_LIMIT", "TRUSTED_PROXIES",
                 "CANARY", "MODEL_ALLOWLIST", "LOG_FORMAT",
                 "ENERGY_SOURCE", "POWERCAP_ROOT", "WATTS_PER_CPU",
                 "CARBON_GRAMS_PER_KWH")
]  # fmt: skip
BAD_VALUES = [
    ("DIGITS_STORE", "README.md", "a directory"),
    ("DIGITS_STATE", "README.md", "a directory"),
    ("DIGITS_PORT", "0", "1 to 65,535"),
    ("DIGITS_PORT", "http", "1 to 65,535"),
    ("DIGITS_WORKERS", "0", "1 to 256"),
    ("DIGITS_THREADS", "-1", "1 to 256"),
    ("DIGITS_MAX_UPLOAD_BYTES", "8MiB", "1 to 1,073,741,824"),
    ("DIGITS_MAX_PIXELS", "1", "784 to 1,000,000,000"),
    ("DIGITS_RELOAD_SECONDS", "0", "0.05 to 3,600"),
    ("DIGITS_LOG_FORMAT", "xml", "text or json"),
    ("DIGITS_API_KEYS", "@/no/such/file", "a readable file of one key a line"),
    ("DIGITS_API_KEYS", "@/", "a readable file of one key a line"),
    ("DIGITS_ADMIN_TOKEN", "@/dev/null", "a readable file of one key a line"),
    ("DIGITS_ADMIN_TOKEN", "@", "a readable file of one key a line"),
    ("DIGITS_RATE_LIMIT", "60/day", "a second, minute or hour"),
    ("DIGITS_TRUSTED_PROXIES", "*", "addresses or networks"),
    ("DIGITS_CANARY", "7:101", "up to 100"),
    ("DIGITS_MODEL_ALLOWLIST", "/no/such/file", "a file of sha256sum lines"),
    ("DIGITS_MODEL_ALLOWLIST", "README.md", "a file of sha256sum lines"),
    ("DIGITS_HOST", "..", "an address"),
    ("DIGITS_HOST", "a" * 70, "an address"),
    ("DIGITS_HOST", "999.1.1.1", "an address"),
    ("DIGITS_ENERGY_SOURCE", "sun", "rapl, battery, hwmon, estimate, none"),
    ("DIGITS_WATTS_PER_CPU", "0", "0.001 to 1000"),
    ("DIGITS_CARBON_GRAMS_PER_KWH", "-1", "0 to 5000"),
]


def _flag(variable: str) -> str:
    return "--" + variable.removeprefix("DIGITS_").lower().replace("_", "-")


class _Became(Exception):
    """The process would be another program now; holds its arguments."""


@dataclass(frozen=True)
class _End:
    """How the command ended: `status` is None where it became gunicorn."""

    status: object
    out: str
    err: str
    environ: dict[str, str]
    arguments: tuple[str, ...] = ()


Command = Callable[..., _End]


def _run(capsys: pytest.CaptureFixture[str]) -> _End:
    try:
        runpy.run_module("service", run_name="__main__")
    except SystemExit as end:
        return _End(end.code, *capsys.readouterr(), {})
    except _Became as became:
        return _End(None, *capsys.readouterr(), became.args[1], tuple(became.args[0]))
    raise AssertionError("it went on")


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Command:
    """Run the command in this process, up to where it becomes gunicorn."""

    def become(_program: str, arguments: list[str], environ: dict[str, str]) -> None:
        raise _Became(arguments, environ)

    def run(*arguments: str, **settings: str) -> _End:
        for variable in VARIABLES:
            monkeypatch.delenv(variable, raising=False)
        for variable, value in settings.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setattr(sys, "argv", ["service", *arguments])
        return _run(capsys)

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return run


def _assert_one_line(end: _End, *words: str) -> None:
    assert (end.status, end.out) == (2, "")
    assert len(end.err.splitlines()) == 1
    for word in ("python -m service: ", *words):
        assert word in end.err


@pytest.mark.parametrize(("variable", "value", "allowed"), BAD_VALUES)
@pytest.mark.parametrize("as_flag", [False, True])
def test_value_out_of_range_gives_one_line(
    command: Command, variable: str, value: str, allowed: str, as_flag: bool
) -> None:
    end = (
        command(f"{_flag(variable)}={value}")
        if as_flag
        else command(**{variable: value})
    )
    _assert_one_line(end, variable, value, allowed)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--port"], "--port"),
        (["--no-such-flag"], "--no-such-flag"),
        (["surplus"], "surplus"),
    ],
)
def test_wrong_usage_gives_one_line(
    command: Command, arguments: list[str], word: str
) -> None:
    _assert_one_line(command(*arguments), word)


def test_energy_source_that_is_missing_gives_one_line(
    command: Command, tmp_path: Path
) -> None:
    end = command(DIGITS_ENERGY_SOURCE="rapl", DIGITS_POWERCAP_ROOT=str(tmp_path))
    _assert_one_line(end, "rapl")


def test_address_that_is_not_ours_gives_one_line(command: Command) -> None:
    end = command("--host", "192.0.2.1")  # for documentation only (RFC 5737)
    _assert_one_line(end, "192.0.2.1", "8000")


def test_port_in_use_gives_one_line_that_says_what_to_do(command: Command) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        _assert_one_line(command(DIGITS_PORT=port), port, "in use", "DIGITS_PORT")


def test_help_names_every_setting_and_its_flag(command: Command) -> None:
    end = command("--help")
    assert (end.status, end.err) == (0, "")
    words = end.out.replace("]", " ").split()
    for variable in VARIABLES:
        assert variable in words
        assert _flag(variable) in words


@pytest.mark.parametrize("variable", ["DIGITS_API_KEYS", "DIGITS_ADMIN_TOKEN"])
@pytest.mark.parametrize("as_flag", [False, True])
def test_key_is_shown_neither_by_help_nor_by_an_error_nor_in_the_arguments(
    command: Command, variable: str, as_flag: bool
) -> None:
    bad = "open sesame"
    refused = command(_flag(variable), bad) if as_flag else command(**{variable: bad})
    _assert_one_line(refused, variable, "@FILE")
    helped = command("--help", **{variable: "sesame"})
    flag = [_flag(variable), "sesame"] if as_flag else []
    given = {} if as_flag else {variable: "sesame"}
    began = command(*flag, DIGITS_PORT=str(free_port()), **given)
    assert began.environ[variable] == "sesame"
    for end in (refused, helped, began):
        assert "sesame" not in " ".join([end.out, end.err, *end.arguments])


def test_version_is_that_of_the_product(command: Command) -> None:
    end = command("--version")
    assert (end.status, end.err) == (0, "")
    assert __version__ in end.out


@pytest.mark.parametrize("variable", VARIABLES)
def test_flag_overrides_its_variable(command: Command, variable: str) -> None:
    values = {
        "DIGITS_HOST": ("127.0.0.1", "localhost"),
        "DIGITS_PORT": ("1", str(free_port())),
        "DIGITS_ENERGY_SOURCE": ("none", "estimate"),
        "DIGITS_MAX_PIXELS": ("784", "1000"),
        "DIGITS_LOG_FORMAT": ("text", "json"),
        "DIGITS_RATE_LIMIT": ("1/second", "2/second"),
        "DIGITS_TRUSTED_PROXIES": ("10.0.0.1", "10.0.0.2"),
        "DIGITS_CANARY": ("1:1", "2:1"),
        "DIGITS_MODEL_ALLOWLIST": ("/dev/null", os.devnull),
    }
    by_variable, by_flag = values.get(variable, ("1", "2"))
    settings = {"DIGITS_PORT": str(free_port()), variable: by_variable}
    end = command(_flag(variable), by_flag, **settings)
    assert end.status is None, end.err
    assert end.environ[variable] == by_flag


def test_command_checks_its_settings_without_numpy(place: Installation) -> None:
    """What it loads is loaded again by what it becomes, so it loads little."""
    told = place.run("service", "--port", "0", python=("-X", "importtime")).stderr
    assert "service.config" in told
    assert "numpy" not in told


def test_blas_gets_one_thread_and_the_metrics_a_directory(
    command: Command, tmp_path: Path
) -> None:
    end = command(DIGITS_PORT=str(free_port()), OPENBLAS_NUM_THREADS="8")
    assert end.environ["OPENBLAS_NUM_THREADS"] == "1"
    directory = Path(end.environ["PROMETHEUS_MULTIPROC_DIR"])
    assert directory.is_dir()
    assert directory.parent == tmp_path


def test_all_threads_share_a_heap_unless_told_otherwise(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = str(free_port())
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    assert command(DIGITS_PORT=port).environ["MALLOC_ARENA_MAX"] == "1"
    told = command(DIGITS_PORT=port, MALLOC_ARENA_MAX="8")
    assert told.environ["MALLOC_ARENA_MAX"] == "8"


def test_second_service_on_the_port_ends_and_leaves_the_first_alone(
    place: Installation, service: Service
) -> None:
    second = place.run("service")
    end = _End(second.returncode, second.stdout, second.stderr, {})
    _assert_one_line(end, str(place.port), "in use")
    assert service.is_ready()


def test_without_a_temporary_directory_the_command_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    settings = ["--store", str(tmp_path), "--port", str(free_port())]
    with pytest.raises(click.UsageError, match="name one with TMPDIR"):
        main.main(settings, standalone_mode=False)
