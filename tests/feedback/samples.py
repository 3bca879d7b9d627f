"""Corrections for tests, of pictures that are a stroke each."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from feedback.corrections.records import Submission
from feedback.corrections.tokens import digest_of

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def stroke(number: int) -> bytes:
    """Pixels of a 20 pixels high stroke; another one for each number."""
    square = np.zeros((28, 28), np.uint8)
    square[4:24, 13:15] = 255
    square[4, 4:14] = np.frombuffer(number.to_bytes(10, "big"), np.uint8)
    return square.tobytes()


def sent(number: int = 0, **changes: object) -> Submission:
    """A correction of a 7 to a 1 that breaks no rule, by a client of its own."""
    pixels = changes.pop("pixels", stroke(number))
    assert isinstance(pixels, bytes)
    usual = Submission(
        pixels=pixels,
        digest=digest_of(pixels),
        predicted="7",
        confidence=0.6,
        version=3,
        label="1",
        client=f"client {number}",
        panel=0.2,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]
