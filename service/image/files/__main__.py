"""Decodes the picture on stdin and writes it to stdout as a PNG; see apart.py."""

import io
import sys

from PIL import Image

from service.image.files.decoding import DECODER_ERRORS
from service.image.files.formats import decoder_for
from service.image.files.loading import loaded


def main() -> int:
    """Exit code 1: the picture is damaged."""
    Image.MAX_IMAGE_PIXELS = None  # it was looked at before
    body = sys.stdin.buffer.read()
    _, decoder = decoder_for(body)
    try:
        picture = loaded(decoder(io.BytesIO(body)))
    except DECODER_ERRORS:
        return 1
    picture.save(sys.stdout.buffer, "PNG", compress_level=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
