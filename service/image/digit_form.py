"""The ink of one digit becomes MNIST's form: 28x28, centred by mass, strokes alike."""

from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.page.morphology import Grey, odd, running_max
from service.image.page.shades import percentile

SIDE: Final = 28
BOX: Final = 20
# Strokes are shaped at this many times MNIST's resolution, then averaged down.
FINE: Final = 4
# MNIST's centre of mass lies on pixel 14 (counted from 0) give or take half a
# pixel, in every one of 10,000 training rows: the middle of that pixel is 14.5.
CENTRE: Final = 14.5
# Twice the area by the perimeter, in pixels; MNIST's training rows: 1 % below 1.2,
# half below 2.0, 1 % above 3.7.
THINNEST: Final = 2.0
WIDEST: Final = 3.2
# Paper and full ink, as shares of the strokes' usual ink, with a soft step between.
PAPER_ENDS: Final = 0.2
INK_BEGINS: Final = 0.75
# Columns a row; what leans less is upright, and what leans more is no digit.
SLANTED: Final = 0.4
STEEPEST: Final = 1.5
# In MNIST's rows the darkest ink is 254 or 255, and the box's longer side 20.
FULL_INK: Final = 250
LEVELS: Final = np.arange(256, dtype=np.float32)
_PLACES = np.arange(SIDE, dtype=np.float32) + 0.5
# (3, 784): weights of the pixels that give their mass, and its moments by x and y.
MOMENTS: Final = np.stack(
    [np.ones(SIDE * SIDE, np.float32), np.tile(_PLACES, SIDE), np.repeat(_PLACES, SIDE)]
)
_MARGIN: Final = FINE * SIDE
# (28, 3 * 112): which fine rows are averaged into each of MNIST's, with room around.
_AVERAGES: Final[NDArray[np.float32]] = np.pad(
    np.kron(np.eye(SIDE, dtype=np.float32), np.full(FINE, 1 / FINE, dtype=np.float32)),
    ((0, 0), (_MARGIN, _MARGIN)),
)


def already_mnist(picture: Image.Image) -> NDArray[np.uint8] | None:
    """Return the (784,) pixels of a picture that is in MNIST's form; else None.

    Exactly black or white paper, full ink, a box whose longer side is 20, and its
    centre of mass within half a pixel of the middle: so are all of MNIST's rows.
    """
    if picture.size != (SIDE, SIDE) or picture.mode != "L":
        return None
    if picture.getpixel((0, 0)) == 255:
        picture = picture.point(range(255, -1, -1))
    left, top, right, bottom = picture.getbbox() or (0, 0, 0, 0)
    if not BOX - 1 <= max(right - left, bottom - top) <= BOX:
        return None
    pixels = np.frombuffer(picture.tobytes(), dtype=np.uint8)
    mass, moment_x, moment_y = MOMENTS.dot(pixels.astype(np.float32)).tolist()
    off = max(abs(moment_x / mass - CENTRE), abs(moment_y / mass - CENTRE))
    _, darkest = cast("tuple[int, int]", picture.getextrema())  # of one band
    return pixels if off < 0.6 and darkest >= FULL_INK else None


def upright(ink: Grey) -> Grey | None:
    """Return the ink (h, w) of a slanted digit sheared upright; None if it is not.

    Its slant is the covariance of rows and columns by the variance of the rows, as in
    the deslanted pictures of LeCun et al. 1998.
    """
    height, width = ink.shape
    mass = ink.astype(np.float32)
    y, x = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    by_row, size = mass.sum(axis=1), float(mass.sum())
    off_y = y - float(by_row @ y) / size
    off_x = x - float(mass.sum(axis=0) @ x) / size
    slant = float(off_y @ mass @ off_x) / max(float(by_row @ off_y**2), 1e-9)
    if not SLANTED < abs(slant) < STEEPEST:
        return None
    wider = round(abs(slant) * height)
    shear = (1, slant, -max(slant, 0) * height, 0, 1, 0)
    sheared = Image.fromarray(ink).transform(
        (width + wider, height),
        Image.Transform.AFFINE,
        shear,
        Image.Resampling.BILINEAR,
    )
    return np.asarray(sheared.crop(sheared.getbbox()))


def to_mnist(ink: Grey) -> NDArray[np.uint8]:
    """Return (784,) pixels, 0 to 255, of the ink (h, w) that fills its array.

    The box becomes 20x20 with its aspect kept, the greys come from averaging, and
    the centre of mass is put in the middle (LeCun et al. 1998, section III.A).
    """
    return _averaged_down(_evened(_fitted(Image.fromarray(ink), FINE * BOX)))


def _fitted(ink: Image.Image, side: int) -> Image.Image:
    scale = side / max(ink.size)
    size = max(1, round(ink.width * scale)), max(1, round(ink.height * scale))
    resample = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return ink.resize(size, resample)


def _evened(ink: Image.Image) -> Grey:
    """Give the strokes one brightness, and a width within MNIST's."""
    strokes = _sharpened(ink)
    width = _stroke_width(strokes) / FINE
    if width < THINNEST:
        return _thickened(strokes, odd((THINNEST - width) * FINE + 1))
    if width > WIDEST:
        return _thinned(strokes, odd((width - WIDEST) * FINE + 1))
    return strokes


def _thickened(strokes: Grey, window: int) -> Grey:
    """Widen the strokes by a window less one, in a box that stays as long."""
    room = _fitted(Image.fromarray(strokes), FINE * BOX - window + 1)
    return running_max(_framed(np.asarray(room), window // 2), window)


def _thinned(strokes: Grey, window: int) -> Grey:
    """Narrow the strokes by a window less one, in a box that stays as long."""
    reach = window // 2
    large = _fitted(Image.fromarray(strokes), FINE * BOX + window - 1)
    room = _framed(np.asarray(large), 1)
    thin = ~running_max(~room, window)[reach + 1 : -reach - 1, reach + 1 : -reach - 1]
    return thin if thin.any() else strokes


def _framed(ink: Grey, margin: int) -> Grey:
    """Return the ink (h, w) with so much paper all round; faster than np.pad."""
    height, width = ink.shape
    framed = np.zeros((height + 2 * margin, width + 2 * margin), dtype=np.uint8)
    framed[margin : margin + height, margin : margin + width] = ink
    return framed


def _sharpened(ink: Image.Image) -> Grey:
    """Make the strokes full ink, with soft edges, by their usual level."""
    counts = np.array(ink.histogram())
    counts[: int(np.flatnonzero(counts)[-1]) // 4] = 0
    steps = (LEVELS / percentile(counts, 0.75) - PAPER_ENDS) * (
        255 / (INK_BEGINS - PAPER_ENDS)
    )
    sharpened: Grey = steps.clip(0, 255).astype(np.uint8).take(np.asarray(ink))
    return sharpened


def _stroke_width(strokes: Grey) -> float:
    """Return twice the area by the perimeter, in pixels.

    The perimeter is the sum of all steps from one pixel to the next: each is twice
    the larger of the two less both.
    """
    framed = _framed(strokes, 1)
    across = int(np.maximum(framed[:, 1:], framed[:, :-1]).sum(dtype=np.int64))
    down = int(np.maximum(framed[1:], framed[:-1]).sum(dtype=np.int64))
    area = int(strokes.sum(dtype=np.int64))
    return area / (across + down - 2 * area)


def _averaged_down(strokes: Grey) -> NDArray[np.uint8]:
    """Average the strokes (h, w) down with their centre of mass at CENTRE."""
    ink = strokes.astype(np.float32)
    down, across = (_averages(ink.sum(axis=axis)) for axis in (1, 0))
    blocks = down @ ink @ across.T
    pixels: Grey = (blocks * (255 / blocks.max()) + 0.5).astype(np.uint8)
    return pixels.ravel()


def _averages(mass: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the (28, n) matrix that averages n fine rows, their mass at CENTRE."""
    middle = float(mass @ (np.arange(len(mass), dtype=np.float32) + 0.5) / mass.sum())
    first = _MARGIN + round(CENTRE * FINE - middle)
    averages: NDArray[np.float32] = _AVERAGES[:, first : first + len(mass)]
    return averages
