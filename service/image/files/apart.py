"""Decoding in a process of its own, for decoders that keep the interpreter's lock.

Pillow's decoders of WebP and AVIF do: one picture of 40 million pixels would stop every
thread of a worker, its health checks too, for more than a second.
"""

import io
import os
import subprocess
import sys
from typing import Final

from PIL import Image, PngImagePlugin

KEEP_THE_LOCK: Final = ("WebP", "AVIF")
# To start a process takes as long as to decode so many pixels.
WORTH_A_PROCESS: Final = 1_000_000


def load_apart(body: bytes) -> Image.Image:
    """What `decode` makes of the picture. Raises OSError if it is damaged."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PROMETHEUS_")}
    child = subprocess.run(
        [sys.executable, "-m", "service.image.files"],
        input=body,
        capture_output=True,
        env=environ,
        check=False,
    )
    if child.returncode:
        raise OSError("the picture could not be decoded")
    picture = PngImagePlugin.PngImageFile(io.BytesIO(child.stdout))
    picture.load()
    return picture
