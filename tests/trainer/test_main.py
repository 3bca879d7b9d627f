"""The start of the trainer: signals at any moment, a place for compiled code."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.__main__ import main
from trainer.cli import commands


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a program sets for itself is undone."""
    kept = signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(sys, "argv", ["trainer", "--version"])
    yield
    signal.signal(signal.SIGTERM, kept)


def test_compiled_code_has_a_place_of_its_own_if_the_source_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there while the program runs, for nobody else, and gone at its end."""
    seen: list[Path] = []

    def look() -> None:
        seen.append(Path(os.environ["NUMBA_CACHE_DIR"]))
        assert seen[0].stat().st_mode & 0o077 == 0

    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(commands, "run_commands", look)
    main()
    assert seen[0].parent == tmp_path
    assert not seen[0].exists()


def test_named_place_for_compiled_code_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path)
    assert tmp_path.exists()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_signal_while_libraries_load_ends_the_program_quietly(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    monkeypatch.setattr(commands, "run_commands", lambda: signal.raise_signal(number))
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == code
