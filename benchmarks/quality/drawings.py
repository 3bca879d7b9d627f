"""Drawings to correct: a 1 that no network knows, and digits with marks on them."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE: Final = 140
Pen = Callable[[ImageDraw.ImageDraw], object]


def _dots(pen: ImageDraw.ImageDraw) -> None:
    for x in (30, 70, 110):
        pen.ellipse((x - 4, 18, x + 4, 26), fill=0)


HABITS: Final[dict[int, Pen]] = {  # as some people write these digits
    7: lambda pen: pen.line((45, 75, 95, 68), 0, 8),
    0: lambda pen: pen.line((40, 110, 100, 30), 0, 8),
}
MARKS: Final[dict[str, Pen]] = {
    "corner": lambda pen: pen.rectangle((120, 120, 134, 134), 0),
    "top left": lambda pen: pen.rectangle((8, 8, 22, 22), 0),
    "beside the foot": lambda pen: pen.rectangle((102, 102, 116, 116), 0),
    "bar at the foot": lambda pen: pen.rectangle((35, 121, 105, 130), 0),
    "diagonal": lambda pen: pen.line((20, 120, 50, 90), 0, 8),
    "ring": lambda pen: pen.ellipse((100, 15, 120, 35), None, 0, 5),
    "erased stripe": lambda pen: pen.rectangle((0, 62, 140, 76), 255),
    "underline": lambda pen: pen.rectangle((20, 128, 120, 133), 0),
    "upright bar": lambda pen: pen.rectangle((112, 20, 117, 120), 0),
    "dots": _dots,
}


def drawn_on(pixels: NDArray[np.uint8], pen: Pen) -> Image.Image:
    """A digit of MNIST, (784,), dark on white and large, and what the pen draws."""
    square = Image.fromarray(255 - pixels.reshape(28, 28))
    picture = square.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pen(ImageDraw.Draw(picture))
    return picture


def flagged_one(rng: np.random.Generator) -> Image.Image:
    """A 1 with a flag as long as its stem, and a foot."""
    picture = Image.new("L", (SIDE, SIDE), 255)
    pen = ImageDraw.Draw(picture)

    def near(x: float, y: float) -> tuple[float, float]:
        return x + rng.normal(0, 3), y + rng.normal(0, 3)

    top, foot, width = near(86, 20), near(82, 120), int(rng.integers(7, 12))
    pen.line([near(20, 112), top, foot], fill=0, width=width, joint="curve")
    pen.line([near(50, 121), near(114, 121)], fill=0, width=width)
    return picture
