"""The ink of one digit becomes MNIST's form: 28x28, centred by mass, strokes alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.morphology import Grey, odd, running_max

SIDE: Final = 28
BOX: Final = 20
# Strokes are shaped at this many times MNIST's resolution, then averaged down.
FINE: Final = 5
# MNIST's centre of mass is on pixel 14 (counted from 0) give or take half a
# pixel, in every one of 10,000 training rows: the middle of that pixel is 14.5.
CENTRE: Final = 14.5
# Twice the area by the perimeter; MNIST's training rows: 1 % below 1.2, half
# below 2.0, 1 % above 3.7.
THINNEST, WIDEST = 1.6, 3.2
FULL_INK: Final = 250
PLACES: Final = np.arange(SIDE, dtype=np.float32)


def already_mnist(picture: Image.Image) -> NDArray[np.uint8] | None:
    """Return the (784,) pixels of a picture that is in MNIST's form; else None.

    Exactly black or white paper, full ink, a box whose longer side is 20, and its
    centre of mass within half a pixel of the middle: so are all of MNIST's rows.
    """
    if picture.size != (SIDE, SIDE) or picture.mode != "L":
        return None
    pixels = np.frombuffer(picture.tobytes(), dtype=np.uint8)
    if pixels[0] == 255:
        pixels = ~pixels
    ink = pixels.reshape(SIDE, SIDE).astype(np.float32)
    rows, columns = ink.sum(axis=1), ink.sum(axis=0)
    mass = float(rows.sum())
    if pixels[0] or not mass or pixels.max() < FULL_INK:
        return None
    longest = max(_extent(rows), _extent(columns))
    off = max(
        abs(float(line @ PLACES) / mass + 0.5 - CENTRE) for line in (rows, columns)
    )
    return pixels if longest in (BOX - 1, BOX) and off < 0.6 else None


def _extent(line: NDArray[np.float32]) -> int:
    inked = np.flatnonzero(line)
    return int(inked[-1] - inked[0]) + 1


def to_mnist(ink: Grey) -> Grey:
    """Return (784,) pixels, 0 to 255, of the ink (h, w) that fills its array.

    The box becomes 20x20 with its aspect kept, the greys come from averaging, and
    the centre of mass is put in the middle (LeCun et al. 1998, section III.A).
    """
    strokes = _evened(_fitted(ink, FINE * BOX))
    return _averaged_down(_centred(strokes))


def _fitted(ink: Grey, side: int) -> Grey:
    height, width = ink.shape
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    resample = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(ink).resize(size, resample))


def _evened(ink: Grey) -> Grey:
    """Give the strokes one brightness, and a width within MNIST's."""
    strokes = _sharpened(ink)
    width = stroke_width(strokes) / FINE
    if width < THINNEST:
        reach = odd((THINNEST - width) * FINE + 1)
        room = FINE * BOX - (reach - 1)
        strokes = running_max(np.pad(_fitted(strokes, room), reach // 2), reach)
    elif width > WIDEST:
        reach = odd(min((width - WIDEST) * FINE, width * FINE / 2) + 1)
        strokes = ~running_max(~strokes, reach)
    return strokes


def _sharpened(ink: Grey) -> Grey:
    """Map half ink to half white, with a soft step, by the strokes' own strength."""
    full = np.percentile(ink[ink >= ink.max() // 4], 75)
    levels = (ink / max(full, 1) - 0.2) / 0.55
    return (np.clip(levels, 0, 1) * 255).astype(np.uint8)


def stroke_width(strokes: Grey) -> float:
    """Return twice the area by the perimeter, in pixels."""
    padded = np.pad(strokes, 1).astype(np.int16)
    perimeter = sum(int(np.abs(np.diff(padded, axis=axis)).sum()) for axis in (0, 1))
    return 2 * int(strokes.sum(dtype=np.int64)) / max(perimeter, 1)


def _centred(strokes: Grey) -> Grey:
    """Lay the strokes on a canvas with their centre of mass at CENTRE."""
    height, width = strokes.shape
    mass = strokes.sum(dtype=np.float64) or 1.0
    y = strokes.sum(axis=1, dtype=np.float64) @ (np.arange(height) + 0.5) / mass
    x = strokes.sum(axis=0, dtype=np.float64) @ (np.arange(width) + 0.5) / mass
    side, margin = SIDE * FINE, BOX * FINE
    canvas = np.zeros((side + 2 * margin,) * 2, dtype=np.uint8)
    top, left = (margin + round(CENTRE * FINE - at) for at in (y, x))
    canvas[top : top + height, left : left + width] = strokes
    return canvas[margin:-margin, margin:-margin]


def _averaged_down(canvas: Grey) -> NDArray[np.uint8]:
    blocks = canvas.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
    return (
        np.clip(blocks * 255 / max(blocks.max(), 1) + 0.5, 0, 255)
        .astype(np.uint8)
        .ravel()
    )
