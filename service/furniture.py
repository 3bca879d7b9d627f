"""What lies on a photographed page beside the digit: frames, page edges, the table."""

import numpy as np
from numpy.typing import NDArray

from service.components import Components, Indices


def furniture(parts: Components) -> NDArray[np.bool_]:
    """Say which parts are frames, page edges and strips of the table."""
    height, width = parts.shape
    rows, stride, count = parts.starts // (width + 1), width + 1, len(parts)
    lengths = parts.ends - parts.starts
    left, right = parts.starts % stride == 0, parts.ends % stride == width

    def contact(runs: NDArray[np.bool_], weights: Indices | None) -> NDArray[np.float64]:
        kept = None if weights is None else weights[runs]
        return np.bincount(parts.owner[runs], weights=kept, minlength=count).astype(float)

    along = np.maximum(
        np.maximum(contact(rows == 0, lengths), contact(rows == height - 1, lengths)) / width,
        np.maximum(contact(left, None), contact(right, None)) / height,
    )
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    spans = (tall > 0.85 * height) & (wide > 0.85 * width)
    band = 0.06 * min(height, width)
    middle = (parts.starts % stride + parts.ends % stride) / 2
    inner_row = (rows > parts.top[parts.owner] + band) & (rows < parts.bottom[parts.owner] - band)
    inner = inner_row & (middle > parts.left[parts.owner] + band) & (
        middle < parts.right[parts.owner] - band
    )
    inside = contact(inner, lengths) / np.maximum(parts.area, 1)
    return (along > 0.5) | (spans & (inside < 0.1))
