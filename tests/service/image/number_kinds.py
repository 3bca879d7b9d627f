"""Numbers of handwritten digits, and digits, numbers and letters in fonts."""

from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.service.image.handwriting import Handwriting, Kind, on_paper, put
from tests.service.image.strokes import Ink

LETTERS = "ABCEFGHJKLMNPQRTUVWXYacdefhkmnprtuvwxy&@#%?$+=*<>{}~^"


def kinds_of_numbers(hand: Handwriting) -> dict[str, Kind]:
    """Return numbers of two to eight digits; gaps are in lengths of a digit."""
    return {
        "apart": partial(_number, hand, (0.25, 0.6)),
        "close": partial(_number, hand, (0.04, 0.15)),
        "touching": partial(_touching_number, hand, 0.0),
        "overlapping": partial(_touching_number, hand, 0.07),
        "two lines": partial(_two_lines, hand),
    }


def kinds_of_fonts(fonts: list[Path]) -> dict[str, Kind]:
    """Return a digit, a number, and a letter or sign, in one of the fonts."""
    return {
        "digit": lambda rng: _typed(rng, fonts, str(rng.integers(10))),
        "number": lambda rng: _typed(
            rng, fonts, "".join(map(str, rng.integers(0, 10, rng.integers(2, 9))))
        ),
        "letter": lambda rng: (
            _typed(rng, fonts, LETTERS[rng.integers(len(LETTERS))])[0],
            "",
        ),
    }


def _length(rng: np.random.Generator) -> float:
    return rng.uniform(35, 90)


def _digits(
    hand: Handwriting, length: float, rng: np.random.Generator
) -> tuple[list[Ink], str, Ink]:
    """Return the inks of some digits, their text, and a page with room for them."""
    count = int(rng.integers(2, 9))
    drawn = [hand.digit(rng, length * rng.uniform(0.85, 1.12)) for _ in range(count)]
    page = np.zeros((int(2.4 * length), int((2 * count + 3) * length)))
    return [ink for ink, _ in drawn], "".join(label for _, label in drawn), page


def _number(
    hand: Handwriting, gap: tuple[float, float], rng: np.random.Generator
) -> tuple[bytes, str]:
    ink, text = _row(hand, gap, _length(rng), rng)
    return on_paper(rng, ink), text


def _two_lines(hand: Handwriting, rng: np.random.Generator) -> tuple[bytes, str]:
    length = _length(rng)
    rows = [_row(hand, (0.15, 0.5), length, rng) for _ in range(2)]
    width = max(ink.shape[1] for ink, _ in rows)
    inks = [np.pad(ink, ((0, 0), (0, width - ink.shape[1]))) for ink, _ in rows]
    return on_paper(rng, np.concatenate(inks)), "\n".join(text for _, text in rows)


def _row(
    hand: Handwriting,
    gap: tuple[float, float],
    length: float,
    rng: np.random.Generator,
) -> tuple[Ink, str]:
    inks, text, page = _digits(hand, length, rng)
    foot, left = 0.7 * page.shape[0], length
    for ink in inks:
        put(page, ink, foot - ink.shape[0] + rng.uniform(-0.06, 0.06) * length, left)
        left += ink.shape[1] + rng.uniform(*gap) * length
    return page[:, : int(left + length)], text


def _touching_number(
    hand: Handwriting, over: float, rng: np.random.Generator
) -> tuple[bytes, str]:
    """Slide each digit to the left until its ink meets the one before, or further."""
    length = _length(rng)
    inks, text, page = _digits(hand, length, rng)
    foot, left = 0.7 * page.shape[0], length
    for number, ink in enumerate(inks):
        top = foot - ink.shape[0] + rng.uniform(-0.06, 0.06) * length
        if number:
            left += 6
            while left > 1 and not _meets(page, ink, top, left):
                left -= 1
            left -= over * length
        put(page, ink, top, left)
        left += ink.shape[1]
    return on_paper(rng, page[:, : int(left + length)]), text


def _meets(page: Ink, ink: Ink, top: float, left: float) -> bool:
    here = page[int(top) :, int(left) :][: ink.shape[0], : ink.shape[1]]
    return bool(((here > 0.5) & (ink[: here.shape[0], : here.shape[1]] > 0.5)).any())


def _typed(rng: np.random.Generator, fonts: list[Path], text: str) -> tuple[bytes, str]:
    font = ImageFont.truetype(fonts[rng.integers(len(fonts))], rng.uniform(28, 140))
    left, top, right, bottom = map(round, font.getbbox(text))
    margin = (bottom - top) // 2 + 4
    size = right - left + 2 * margin, bottom - top + 2 * margin
    page = Image.new("L", size)
    ImageDraw.Draw(page).text((margin - left, margin - top), text, font=font, fill=255)
    return on_paper(rng, np.asarray(page) / 255), text
