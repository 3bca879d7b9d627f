"""Lines drawn with a pen on many canvases at once."""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trainer.augmentation.strokes import stroke

SIDE: Final = 64  # pixels of a canvas; a digit of MNIST's fits with room around it
Canvases = NDArray[np.uint8]  # (n, SIDE, SIDE), 0 paper to 255 ink


def draw_lines(
    canvases: Canvases, points: NDArray[np.float64], widths: NDArray[np.float64]
) -> Canvases:
    """Ink each canvas along its points, in place; the canvases.

    points: (n, k, 2), rows and columns in pixels, also off the canvas; the pen is
    lifted at NaN. widths: (n,), of the pen, in pixels to each side.
    """
    _draw_lines(canvases, points.astype(np.float64), widths.astype(np.float64))
    return canvases


@njit(cache=True, nogil=True)
def _draw_lines(canvases: Any, points: Any, widths: Any) -> None:
    for i in range(len(canvases)):
        for j in range(1, points.shape[1]):
            start = (points[i, j - 1, 0], points[i, j - 1, 1])
            end = (points[i, j, 0], points[i, j, 1])
            if not np.isnan(start[0] + end[0]):
                stroke(canvases[i], start, end, widths[i])


def blank(n: int) -> Canvases:
    """So many canvases without ink."""
    return np.zeros((n, SIDE, SIDE), np.uint8)


def one_line(strokes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, strokes, points, 2) as (n, points, 2), the pen lifted between strokes."""
    n, count, points, _ = strokes.shape
    lifted = np.pad(strokes, ((0, 0), (0, 0), (0, 1), (0, 0)), constant_values=np.nan)
    return lifted.reshape(n, count * (points + 1), 2)
