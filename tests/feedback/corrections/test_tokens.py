"""Tokens: true for one answer to one picture, for a day."""

import stat
import threading
from pathlib import Path

import pytest

from feedback.corrections.secret import BadSecret, secret
from feedback.corrections.tokens import (
    VALID_S,
    BadToken,
    Tokens,
    digest_of,
    refuse_expired,
    said_by,
)

PIXELS = bytes(784)
TOKENS = Tokens(b"k" * 32)
NOW = 1_790_000_000.5


def issued() -> str:
    return TOKENS.issue(PIXELS, 7, 123_456, 0.75, NOW)


def test_token_says_what_was_answered() -> None:
    said = TOKENS.check(issued(), digest_of(PIXELS))
    assert (said.label, said.version, said.at) == (7, 123_456, int(NOW))
    assert said.confidence == pytest.approx(0.75, abs=1e-4)
    assert said == said_by(issued())


@pytest.mark.parametrize("place", range(0, 36))
def test_changed_token_is_refused(place: int) -> None:
    token = issued()
    other = "A" if token[place] != "A" else "B"
    with pytest.raises(BadToken):
        TOKENS.check(token[:place] + other + token[place + 1 :], digest_of(PIXELS))


def test_token_of_another_picture_or_key_is_refused() -> None:
    with pytest.raises(BadToken):
        TOKENS.check(issued(), digest_of(bytes(783) + b"\1"))
    with pytest.raises(BadToken):
        Tokens(b"K" * 32).check(issued(), digest_of(PIXELS))


@pytest.mark.parametrize(
    "token",
    ["", "7", "é", "a b", "A" * 32, "=" * 36, "A" * 10_000],
)
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        said_by(token)


@pytest.mark.parametrize("late", [-120.0, VALID_S + 2.0])
def test_old_token_and_one_of_the_future_are_refused(late: float) -> None:
    with pytest.raises(BadToken):
        refuse_expired(said_by(issued()), NOW + late)


@pytest.mark.parametrize("late", [-30.0, 0.0, VALID_S - 1.0])
def test_token_is_good_for_a_day(late: float) -> None:
    refuse_expired(said_by(issued()), NOW + late)


def test_clients_are_told_apart_and_named_by_the_key() -> None:
    assert TOKENS.client(b"a") == TOKENS.client(b"a") != TOKENS.client(b"b")
    assert TOKENS.client(b"a") != Tokens(b"K" * 32).client(b"a")
    assert len(TOKENS.client(b"a")) == 32


def test_workers_that_start_together_share_one_key(tmp_path: Path) -> None:
    state = tmp_path / "state"
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(secret(None, state)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert stat.S_IMODE((state / "feedback.key").stat().st_mode) == 0o600
    assert [path.name for path in state.iterdir()] == ["feedback.key"]


def test_key_of_a_file_is_taken_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("x" * 20 + "\n")
    assert secret(tmp_path / "key", tmp_path) == b"x" * 20


@pytest.mark.parametrize("content", [None, b"", b"short\n", b"x" * 65])
def test_key_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSecret, match="DIGITS_FEEDBACK_SECRET") as refusal:
        secret(path, tmp_path)
    assert "\n" not in str(refusal.value)


def test_state_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(BadSecret):
        secret(None, tmp_path / "state")
