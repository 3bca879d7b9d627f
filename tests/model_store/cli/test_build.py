"""Which build this is: the commit that an image names, or that of a checkout."""

import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from model_store import __version__
from model_store.cli.build import UNKNOWN, commit, version_option


def _git(checkout: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    command = ["git", "-C", str(checkout), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git repository of one commit."""
    if not shutil.which("git"):
        pytest.skip("git is not here")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "first")
    return tmp_path


def test_commit_of_a_checkout_is_git_s(checkout: Path) -> None:
    head = _git(checkout, "rev-parse", "HEAD").strip()
    assert commit({}, checkout) == head[:12]


def test_commit_that_is_given_comes_first(checkout: Path) -> None:
    assert commit({"DIGITS_COMMIT": "abc"}, checkout) == "abc"


def test_commit_of_an_installed_package_is_unknown(tmp_path: Path) -> None:
    assert commit({}, tmp_path) == UNKNOWN


def test_commit_of_a_damaged_checkout_is_unknown(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere")
    assert commit({}, tmp_path) == UNKNOWN


def test_without_git_the_commit_is_unknown(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert commit({}, checkout) == UNKNOWN


def test_version_option_tells_version_and_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIGITS_COMMIT", "abc")
    command = click.command()(version_option("program")(lambda: None))
    shown = CliRunner().invoke(command, ["--version"])
    assert (shown.exit_code, shown.output) == (
        0,
        f"program, version {__version__} (commit abc)\n",
    )
