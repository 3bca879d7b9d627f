"""Digits side by side, and pieces of a number that was cut."""

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.non_digits.digits import (
    MIDDLE,
    TOP,
    Digits,
    Ink,
    cropped,
    paste,
)
from trainer.augmentation.non_digits.pen import Canvases, blank
from trainer.augmentation.strokes import INK


def draw_numbers(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """Two or three digits side by side, apart or touching."""
    canvases = blank(n)
    for canvas in canvases:
        right = 0
        for ink in digits.draw(3 if rng.random() < 0.2 else 2, rng):
            gap = int(rng.integers(-2, 6)) if right else 0
            top = MIDDLE - len(ink) // 2 + int(rng.integers(-3, 4))
            paste(canvas, ink, top, right + gap)
            right += gap + ink.shape[1]
    return canvases


def draw_neighbours(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """Two digits that touch, cut at a wrong place: a good part of one with the other.

    Of a third neither is whole.
    """
    canvases = blank(n)
    shares = rng.uniform(0.3, 0.75, (n, 2))
    whole = rng.integers(0, 3, n)
    shares[whole == 0, 0] = shares[whole == 1, 1] = 1
    inks = digits.draw(2 * n, rng)
    for i, canvas in enumerate(canvases):
        one, other = inks[2 * i : 2 * i + 2]
        left = one[:, -max(int(shares[i, 0] * one.shape[1]), 2) :]
        right = other[:, : max(int(shares[i, 1] * other.shape[1]), 2)]
        paste(canvas, left, TOP, 10)
        drop = int(rng.integers(-3, 4))
        paste(canvas, right, TOP + drop, 10 + _meeting(left, right, drop, rng))
    return canvases


def cut_out(
    pixels: NDArray[np.uint8], neighbours: NDArray[np.uint8], rng: np.random.Generator
) -> Canvases:
    """Digits (n, 784) as they are cut out of a number whose digits touch.

    At either side with a sliver of a neighbour, or without one of their own: they are
    digits all the same.
    """
    canvases = blank(len(pixels))
    for canvas, digit, neighbour in zip(canvases, pixels, neighbours, strict=True):
        ink, other = (
            cropped(digit.reshape(28, 28)),
            cropped(neighbour.reshape(28, 28)),
        )
        least, most = -(ink.shape[1] // 10), min(ink.shape[1], other.shape[1]) // 5
        for _ in range(2):  # the right, then the left
            change = int(rng.integers(least, most + 1))
            ink = _widened(ink, other, change, rng)[:, ::-1]
            other = other[:, ::-1]
        paste(canvas, ink, TOP, TOP)
    return canvases


def _widened(ink: Ink, other: Ink, change: int, rng: np.random.Generator) -> Ink:
    """A digit with so many columns of another one that touches its right.

    Less than 0: without so many of its own.
    """
    if change <= 0:
        return ink[:, : ink.shape[1] + change]
    drop = int(rng.integers(-3, 4))
    left = _meeting(ink, other, drop, rng)
    wider = np.zeros((len(ink) + 6, max(ink.shape[1], left + change)), np.uint8)
    paste(wider, ink, 3, 0)
    paste(wider, other[:, :change], 3 + drop, left)
    return wider


def _meeting(one: Ink, other: Ink, drop: int, rng: np.random.Generator) -> int:
    """How far right of a digit's left another one, so much lower, touches it.

    Give or take a pixel; at most beside it.
    """
    rows = np.arange(max(drop, 0), min(len(one), len(other) + drop))
    here, there = one[rows] > INK, other[rows - drop] > INK
    both = here.any(axis=1) & there.any(axis=1)
    ends = one.shape[1] - here[both, ::-1].argmax(axis=1)
    apart = ends - there[both].argmax(axis=1)
    return int(apart.max(initial=one.shape[1] // 2)) + int(rng.integers(-1, 2))
