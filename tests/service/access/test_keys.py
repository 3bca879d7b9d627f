"""Keys: from a setting or its file, followed as it changes, never shown."""

import logging
from pathlib import Path

import pytest

from service.access.keys import Keys, KeySource


def _keys(text: str) -> Keys:
    source = KeySource.parse(text)
    assert source is not None
    keys = Keys(source)
    keys.refresh()
    return keys


@pytest.mark.parametrize("authorization", ["Bearer one", "bearer two", "BEARER  one"])
def test_each_key_is_valid(authorization: str) -> None:
    assert _keys("one, two").digest(authorization)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "one", "Basic one", "Bearer on", "Bearer onee",
     "Bearer ONE", "Bearer one two", "Bearer one,two", "Bearer ,", "Bearer \u00ff",
     "Bearer " + "x" * 5000],
)  # fmt: skip
def test_other_headers_hold_no_valid_key(authorization: str) -> None:
    assert _keys("one,two,").digest(authorization) is None


def test_two_keys_are_two_clients() -> None:
    keys = _keys("one,two")
    assert keys.digest("Bearer one") == keys.digest("bearer one")
    assert keys.digest("Bearer one") != keys.digest("Bearer two")


def test_nothing_is_valid_before_the_keys_are_read() -> None:
    source = KeySource.parse("one")
    assert source
    assert Keys(source).digest("Bearer one") is None


def test_file_is_followed_and_a_bad_one_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "keys"
    path.write_text("one\n\n  two  \n")
    keys = _keys(f"@{path}")
    assert keys.digest("Bearer two")
    for bad in ("", "a secret with spaces\n"):
        path.write_text(bad)
        keys.refresh()
        keys.refresh()
    assert keys.digest("Bearer two")
    path.write_text("three\n")
    keys.refresh()
    assert keys.digest("Bearer three")
    assert not keys.digest("Bearer two")
    errors = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(errors) == 1
    assert str(path) in caplog.text
    assert "secret" not in caplog.text


def test_file_that_is_missing_at_a_reload_lets_nobody_in(tmp_path: Path) -> None:
    assert _keys(f"@{tmp_path / 'none'}").digest("Bearer ") is None
