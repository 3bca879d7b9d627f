"""From a file's bytes to its digits: decode, binarise, find candidates, choose."""

from dataclasses import dataclass
from typing import Final

from service.image.choosing import CERTAIN, Pixels, Score, choose, shrunk
from service.image.digit_form import already_mnist
from service.image.files.decoding import looks
from service.image.files.rejection import NoDigit
from service.image.files.turns import reading_turn
from service.image.numbers.numbers import read_lines
from service.image.numbers.pieces import DIGIT, Glyph
from service.image.page.binarisation import binarisations
from service.image.page.greyscale import to_grey
from service.image.page.morphology import Box

SEVERAL: Final = "several digits were seen; the one that stands out most was read"
LATER_FRAME: Final = "the first {} of the file show nothing; the next was read"

# Finer than this on the long side, a page is not searched for many digits.
MANY_DIGITS: Final = 1024
# So much as likely must a sign be that stands beside a digit.
BESIDE: Final = 0.8


@dataclass(frozen=True)
class DigitImage:
    """One digit in MNIST's form.

    pixels: (784,) uint8, 0 background to 255 ink, the rows of 28x28.
    certainty: by what the network's confidence is to be multiplied, 0 to 1, for what
    the picture holds besides.
    warnings: what a user should know about the picture, one sentence each.
    """

    pixels: Pixels
    certainty: float = 1.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class NumberImage:
    """All digits of a picture, each in MNIST's form, and what else stands among them.

    lines: from top to bottom, the digits of each from left to right; others: the
    boxes of signs that are no digits. Boxes are in pixels of the picture as sent, but
    upright.
    """

    lines: tuple[tuple[Glyph, ...], ...]
    others: tuple[Box, ...]
    warnings: tuple[str, ...] = ()


def read_digit(body: bytes, max_pixels: int, score: Score) -> DigitImage:
    """Bring the picture of one handwritten digit to MNIST's form.

    Raises a subclass of ImageRejected, and nothing else, whatever the bytes.
    """
    for frame, decoded in looks(body, max_pixels, roughly=True):
        with reading_turn(decoded.size):
            grey = to_grey(decoded.picture)
            pixels = already_mnist(grey)
            if pixels is not None:
                return DigitImage(pixels, warnings=_skipped(frame))
            choice = choose(grey, score)
            if choice and (choice.confidence > CERTAIN or not decoded.rough):
                warnings = (SEVERAL,) * choice.several + _skipped(frame)
                return DigitImage(choice.pixels, choice.certainty, warnings)
    raise NoDigit(*decoded.size)


def read_number(
    body: bytes, max_pixels: int, score: Score, least: float = DIGIT
) -> NumberImage:
    """Find every digit of a picture, and bring each to MNIST's form.

    A sign is a digit if it is one with a probability of at least `least`; 0 is for a
    network that did not learn what is none, and takes every sign for a digit.
    Raises a subclass of ImageRejected, and nothing else, whatever the bytes.
    """
    for frame, decoded in looks(body, max_pixels):
        with reading_turn(decoded.size):
            page = shrunk(to_grey(decoded.picture), MANY_DIGITS)
            found = read_lines(binarisations(page), score)
        across = decoded.size[0] / page.width
        down = decoded.size[1] / page.height
        lines = [
            [glyph._replace(box=glyph.box.scaled(across, down)) for glyph in line]
            for line in found
        ]
        digits = [_digits(line, least) for line in lines]
        if any(digits):
            others = {g.box for line in lines for g in line}
            others -= {g.box for line in digits for g in line}
            seen = tuple(line for line in digits if line)
            return NumberImage(seen, tuple(sorted(others)), _skipped(frame))
    raise NoDigit(*decoded.size)


def _digits(line: list[Glyph], least: float) -> tuple[Glyph, ...]:
    """Return what of a line are digits: a little less will do beside a sure one."""
    if any(glyph.probability > CERTAIN for glyph in line):
        least *= BESIDE
    return tuple(glyph for glyph in line if glyph.probability >= least)


def _skipped(frames: int) -> tuple[str, ...]:
    pages = f"{frames} pages" if frames > 1 else "page"
    return (LATER_FRAME.format(pages),) * (frames > 0)
