"""Digits on, over and in the lines of forms, boxes and squared paper."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from tests.service.image.handwriting import Handwriting, Kind, on_paper, put
from tests.service.image.strokes import Ink


def kinds_of_forms(hand: Handwriting) -> dict[str, Kind]:
    """Return a digit on, over and in lines, as forms have them."""
    lines: dict[str, Lines] = {
        "on a line": _line_below,
        "on a field's line": _field,
        "through a line": _line_through,
        "in a box": _box,
        "touching its box": partial(_box, touching=True),
        "in a comb": _comb,
        "on squared paper": _squares,
    }
    return {name: partial(_form, hand, drawn) for name, drawn in lines.items()}


def _rule(page: Ink, corners: list[tuple[float, float]], width: float) -> None:
    """Draw a line, or several sides of a box, on the page, at twice its size."""
    double = Image.new("L", (page.shape[1] * 2, page.shape[0] * 2))
    points = [(2 * x, 2 * y) for x, y in corners]
    ImageDraw.Draw(double).line(points, fill=255, width=max(1, round(2 * width)))
    size = page.shape[1], page.shape[0]
    drawn = np.asarray(double.resize(size, Image.Resampling.BOX)) / 255
    np.maximum(page, drawn, out=page)


class _Placed(NamedTuple):
    """A digit's box on its page, and how thick lines are there, in pixels."""

    top: float
    left: float
    bottom: float
    right: float
    thick: float


Lines = Callable[[np.random.Generator, Ink, _Placed], None]


def _form(
    hand: Handwriting, lines: Lines, rng: np.random.Generator
) -> tuple[bytes, str]:
    length = rng.uniform(50, 150)
    ink, label = hand.digit(rng, length)
    page = np.zeros(
        (int(length * rng.uniform(1.8, 3)), int(length * rng.uniform(2, 4)))
    )
    top = (page.shape[0] - ink.shape[0]) * rng.uniform(0.35, 0.65)
    left = (page.shape[1] - ink.shape[1]) * rng.uniform(0.3, 0.7)
    put(page, ink, top, left)
    bottom, right = top + ink.shape[0], left + ink.shape[1]
    thick = rng.uniform(1, 0.05 * length + 1)
    lines(rng, page, _Placed(top, left, bottom, right, thick))
    return on_paper(rng, page), label


def _line_below(rng: np.random.Generator, page: Ink, at: _Placed) -> None:
    skew, foot = rng.uniform(-0.01, 0.01) * page.shape[1], at.bottom - at.thick / 2
    _rule(page, [(0, foot + skew), (page.shape[1], foot - skew)], at.thick)


def _field(rng: np.random.Generator, page: Ink, at: _Placed) -> None:
    margin, foot = rng.uniform(0.05, 0.2) * page.shape[1], at.bottom - at.thick / 2
    _rule(page, [(margin, foot), (page.shape[1] - margin, foot)], at.thick)


def _line_through(rng: np.random.Generator, page: Ink, at: _Placed) -> None:
    y = at.top + (at.bottom - at.top) * rng.uniform(0.2, 0.85)
    _rule(page, [(0, y), (page.shape[1], y)], at.thick)


def _box(
    rng: np.random.Generator, page: Ink, at: _Placed, touching: bool = False
) -> None:
    margin = rng.uniform(0.12, 0.4) * (at.bottom - at.top)
    left, right = at.left - margin, at.right + margin
    top = at.top - margin
    bottom = at.bottom - at.thick / 2 if touching else at.bottom + margin
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    _rule(page, corners, at.thick)


def _comb(rng: np.random.Generator, page: Ink, at: _Placed) -> None:
    height = at.bottom - at.top
    cell, foot = height * rng.uniform(0.9, 1.3), at.bottom + 0.02 * height
    _rule(page, [(0, foot), (page.shape[1], foot)], at.thick)
    first = ((at.left + at.right - cell) / 2) % cell
    for x in np.arange(first, page.shape[1], cell):
        _rule(page, [(x, foot - height / 3), (x, foot)], at.thick)


def _squares(rng: np.random.Generator, page: Ink, at: _Placed) -> None:
    gap, faint = (at.bottom - at.top) * rng.uniform(0.25, 0.6), np.zeros_like(page)
    for x in np.arange(rng.uniform(0, gap), page.shape[1], gap):
        _rule(faint, [(x, 0), (x, page.shape[0])], min(at.thick, 2.5))
    for y in np.arange(rng.uniform(0, gap), page.shape[0], gap):
        _rule(faint, [(0, y), (page.shape[1], y)], min(at.thick, 2.5))
    np.maximum(page, faint * rng.uniform(0.3, 0.9), out=page)
