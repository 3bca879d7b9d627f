"""From a file's bytes to its digits: decode, binarise, find candidates, choose."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from service.image.choosing import CERTAIN, Choice, Pixels, Score, choose
from service.image.digit_form import already_mnist
from service.image.files.decoding import Decoded, decode, decode_quickly
from service.image.files.rejection import ImageRejected, NoDigit
from service.image.numbers.best_path import Glyph
from service.image.numbers.numbers import read_lines
from service.image.page.binarisation import binarisations
from service.image.page.greyscale import to_grey
from service.image.page.morphology import Box

SEVERAL: Final = "several digits were seen; the one that stands out most was read"
LATER_FRAME: Final = "the first {} of the file show nothing; the next was read"

# Finer than this on the long side, a page is not searched for one digit, or for many.
ONE_DIGIT: Final = 512
MANY_DIGITS: Final = 1024
# A digit of fewer pixels than this in the search is looked at again in all detail, with
# so much around it, by its length.
DETAILED: Final = 40
AROUND: Final = 0.5
# So many frames or pages of a file are looked at if they are blank.
MOST_FRAMES: Final = 5


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
    decoded = decode_quickly(body, max_pixels)
    if decoded:
        choice = _one_digit(to_grey(decoded.picture), score)
        if choice and choice.confidence > CERTAIN:
            return _digit_image(choice)
    for frame, decoded in enumerate(_frames(body, max_pixels)):
        grey = to_grey(decoded.picture)
        pixels = already_mnist(grey)
        if pixels is not None:
            return DigitImage(pixels)
        choice = _one_digit(grey, score)
        if choice:
            return _digit_image(choice, _skipped(frame))
        size = decoded.size
    raise NoDigit(*size)


def read_number(body: bytes, max_pixels: int, score: Score) -> NumberImage:
    """Find every digit of a picture, and bring each to MNIST's form.

    Raises a subclass of ImageRejected, and nothing else, whatever the bytes.
    """
    for frame, decoded in enumerate(_frames(body, max_pixels)):
        page = _shrunk(to_grey(decoded.picture), MANY_DIGITS)
        lines = read_lines(binarisations(page), score)
        if any(glyph.is_digit for line in lines for glyph in line):
            return _number_image(lines, decoded.size, page.size, _skipped(frame))
        size = decoded.size
    raise NoDigit(*size)


def _frames(body: bytes, max_pixels: int) -> Iterator[Decoded]:
    """Yield a file's frames or pages; only the first one's faults are told."""
    yield decode(body, max_pixels)
    for frame in range(1, MOST_FRAMES):
        try:
            yield decode(body, max_pixels, frame)
        except ImageRejected:  # there is no such frame, or no whole one
            return


def _one_digit(grey: Image.Image, score: Score) -> Choice | None:
    """Choose on the whole page, then look closely at what is small on it."""
    page = _shrunk(grey, ONE_DIGIT)
    choice = choose(binarisations(page), score)
    scale = grey.width / page.width
    if choice is None or scale == 1 or choice.candidate.box.longest > DETAILED:
        return choice
    box = choice.candidate.box
    near = box.grown(int(AROUND * box.longest) + 2, (page.height, page.width))
    left, top, right, bottom = near.scaled(scale, scale)
    cut = grey.crop((left, top, right, bottom))
    closer = choose(binarisations(cut), score)
    if closer is None or closer.confidence < choice.confidence:
        return choice
    return closer._replace(rivals=choice.rivals)


def _digit_image(choice: Choice, warnings: tuple[str, ...] = ()) -> DigitImage:
    warnings += (SEVERAL,) * (choice.rivals > 0)
    return DigitImage(choice.pixels, choice.certainty, warnings)


def _number_image(
    lines: list[list[Glyph]],
    sent: tuple[int, int],
    seen: tuple[int, int],
    warnings: tuple[str, ...],
) -> NumberImage:
    across, down = sent[0] / seen[0], sent[1] / seen[1]
    placed = [
        [glyph._replace(box=glyph.box.scaled(across, down)) for glyph in line]
        for line in lines
    ]
    digits = [tuple(glyph for glyph in line if glyph.is_digit) for line in placed]
    return NumberImage(
        tuple(line for line in digits if line),
        tuple(glyph.box for line in placed for glyph in line if not glyph.is_digit),
        warnings,
    )


def _skipped(frames: int) -> tuple[str, ...]:
    pages = f"{frames} pages" if frames > 1 else "page"
    return (LATER_FRAME.format(pages),) * (frames > 0)


def _shrunk(grey: Image.Image, grid: int) -> Image.Image:
    factor = -(-max(grey.size) // grid)
    return grey.reduce(factor) if factor > 1 else grey
