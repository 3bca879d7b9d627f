"""Whole numbers, and what is none, with a stand-in for the network."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from service.image import NoDigit, read_number
from tests.service.image.likeness import likeness
from tests.service.image.pictures import black_on_white, encode, placed
from tests.service.image.strokes import Ink, draw

MAX_PIXELS = 10**7


def text(ink: Ink) -> str:
    number = read_number(encode(black_on_white(ink), "PNG"), MAX_PIXELS, likeness)
    forms = [np.stack([glyph.pixels for glyph in line]) for line in number.lines]
    return "\n".join(
        "".join(map(str, likeness(pixels).argmax(axis=1))) for pixels in forms
    )


def row(digits: str, gap: int) -> Ink:
    """Digits side by side, so many pixels apart; less than 0: over each other."""
    glyphs = [draw(int(digit), 100, 10) for digit in digits]
    height = max(len(glyph) for glyph in glyphs)
    width = sum(glyph.shape[1] + gap for glyph in glyphs) - gap
    ink, left = np.zeros((height, width)), 0
    for glyph in glyphs:
        here = ink[-len(glyph) :, left : left + glyph.shape[1]]
        np.maximum(here, glyph, out=here)
        left += glyph.shape[1] + gap
    return ink


@pytest.mark.parametrize("digits", ["24", "608", "3253"])
@pytest.mark.parametrize("gap", [40, 6, -3])
def test_number_is_read_apart_close_and_touching(digits: str, gap: int) -> None:
    assert text(placed(row(digits, gap), 240, 620)) == digits


@pytest.mark.parametrize("gap", [40, 6])
def test_whole_digits_are_read_at_the_first_look_though_one_is_less_sure(
    gap: int,
) -> None:
    looks = []

    def score(pixels: NDArray[np.uint8]) -> NDArray[np.floating]:
        looks.append(len(pixels))
        likely = likeness(pixels)
        likely[2] *= 0.85 / likely[2].max()
        return likely

    body = encode(black_on_white(placed(row("30259", gap), 240, 620)), "PNG")
    read_number(body, MAX_PIXELS, score)
    assert looks == [5]


def test_black_bars_of_a_badly_cut_scan_are_no_digits() -> None:
    page = placed(draw(3, 100, 10), 240, 220)
    page[:, :20] = page[:18] = 1
    assert text(page) == "3"


def test_underlined_number_is_read_without_its_line() -> None:
    page = placed(row("37", 30), 240, 420)
    page[175:178, 20:400] = 1
    assert text(page) == "37"


def drawing(*strokes: list[tuple[float, float]]) -> NDArray[np.uint8]:
    page = Image.new("L", (300, 300), 255)
    for stroke in strokes:
        ImageDraw.Draw(page).line(stroke, fill=0, width=9, joint="curve")
    return np.asarray(page)


STAR = [(150, 40), (210, 240), (40, 110), (260, 110), (90, 240), (150, 40)]
COMB = [(40, 60), (40, 200), (110, 90), (110, 200), (180, 60), (180, 200), (260, 60)]


@pytest.mark.parametrize("stroke", [STAR, COMB], ids=["star", "comb"])
def test_drawing_is_not_cut_into_digits(stroke: list[tuple[float, float]]) -> None:
    with pytest.raises(NoDigit):
        text(1 - drawing(stroke) / 255)
