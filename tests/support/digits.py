"""Pictures of digits to send, drawn from scikit-learn's scans of 8 by 8 pixels."""

import functools
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits


@functools.cache
def _scans() -> tuple[NDArray[Any], NDArray[Any]]:
    """(1797, 8, 8) ink from 0 to 16, and the labels."""
    scans = load_digits()
    return scans.images, scans.target


def picture(digit: int) -> bytes:
    """A PNG of dark ink on white paper, of the first scan of that digit."""
    images, labels = _scans()
    ink = np.pad(images[np.flatnonzero(labels == digit)[0]], 2) * (255 / 16)
    page = Image.fromarray((255 - ink).astype(np.uint8))
    return png(page.resize((240, 240), Image.Resampling.BICUBIC))


def png(image: Image.Image) -> bytes:
    """The image as the bytes of a PNG file."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def write_mnist(directory: Path) -> None:
    """Fill a directory with a small set of the form of the MNIST CSVs."""
    directory.mkdir(exist_ok=True)
    images, labels = _scans()
    lines = [
        ",".join(map(str, [label, *_geometry(scan)]))
        for scan, label in zip(images[:600], labels[:600], strict=True)
    ]
    (directory / "MNIST_train_1000.csv").write_text("\n".join(lines[:500]) + "\n")
    (directory / "MNIST_test_100.csv").write_text("\n".join(lines[500:]) + "\n")


def _geometry(scan: NDArray[Any]) -> list[int]:
    """784 grey levels: the scan as a box of 20 by 20 in the middle of 28 by 28."""
    box = Image.fromarray((scan * (255 / 16)).astype(np.uint8)).resize((20, 20))
    page = Image.new("L", (28, 28), 0)
    page.paste(box, (4, 4))
    return [int(pixel) for pixel in page.tobytes()]
