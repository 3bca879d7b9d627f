"""Draws docs/plots/reading.png: a drawn digit on a form's line, step by step.

Run it from the root of the repository: python -m docs.plots.reading
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from service.image.candidates import candidates
from service.image.digit_form import SIDE, to_mnist
from service.image.page.binarisation import Binarisation, binarisations

Grey = NDArray[np.uint8]
Shown = Iterator[tuple[str, Image.Image]]

PAGE = (240, 200)
STROKES = [
    [(80, 60), (100, 42), (130, 45), (138, 70), (112, 92)],
    [(112, 92), (142, 108), (138, 142), (105, 158), (76, 144)],
]
LINE = [(0, 158), (240, 156)]
PANEL, MARGIN = 240, 16


def page() -> Image.Image:
    """A 3 that stands on a line, on paper that grows darker to the right."""
    light = np.tile(np.linspace(245, 215, PAGE[0]).astype(np.uint8), (PAGE[1], 1))
    picture = Image.fromarray(light)
    pen = ImageDraw.Draw(picture)
    for stroke in STROKES:
        pen.line(stroke, fill=50, width=9, joint="curve")
    pen.line(LINE, fill=70, width=4)
    return picture


def steps(picture: Image.Image) -> Shown:
    """Each step's name and picture."""
    yield "the picture", picture
    pages = binarisations(picture)
    inked = next(pages)
    yield "ink on paper", _inverted(inked.ink)
    bare = next(pages)
    yield "without its line", _inverted(bare.ink)
    yield "candidates", _boxed(bare)
    best = max(candidates(bare), key=lambda candidate: candidate.prior)
    form = to_mnist(best.ink).reshape(SIDE, SIDE)
    enlarged = Image.fromarray(form).resize((196, 196), Image.Resampling.NEAREST)
    yield "784 numbers", enlarged


def _inverted(ink: Grey) -> Image.Image:
    return Image.fromarray(255 - ink)


def _boxed(binarised: Binarisation) -> Image.Image:
    picture = _inverted(binarised.ink).convert("RGB")
    for candidate in candidates(binarised):
        ImageDraw.Draw(picture).rectangle(candidate.box, outline=(200, 30, 30))
    return picture


def main() -> None:
    """Write the picture beside this file."""
    shown = list(steps(page()))
    strip = Image.new("RGB", (len(shown) * (PANEL + MARGIN), PANEL), "white")
    for place, (name, picture) in enumerate(shown):
        left = place * (PANEL + MARGIN)
        strip.paste(picture, (left + (PANEL - picture.width) // 2, 24))
        ImageDraw.Draw(strip).text((left + 8, 6), name, fill="black")
    strip.save(Path(__file__).with_suffix(".png"), optimize=True)


if __name__ == "__main__":
    main()
