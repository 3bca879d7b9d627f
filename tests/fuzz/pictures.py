"""Feeds mutated pictures to the service's reading, guided by its coverage.

Not a test, as it never ends by itself; CONTRIBUTING says how to run it. What it saves,
as crash-*, timeout-* or oom-*, was not read or rejected in time, as it should be.
"""

import sys
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["service", "PIL"]):
    from service.image import ImageRejected, declared_pixels, read_digit
from tests.service.image.likeness import likeness
from tests.service.image.pictures import FILES, resealed

MAX_PIXELS = 40_000_000
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read(body: bytes) -> None:
    """Read one picture; only a rejection is let pass."""
    declared_pixels(body)
    with suppress(ImageRejected):
        read_digit(body, MAX_PIXELS, likeness)


def mutated(body: bytes, most: int, _seed: int) -> bytes:
    """A mutated picture; a PNG's checksums are mended, or no damage would get far."""
    body = atheris.Mutate(body, most)
    return resealed(body) if body.startswith(SIGNATURE) else body


def write_seeds(corpus: Path) -> None:
    """Begin with one picture of each format that the tests know."""
    corpus.mkdir(exist_ok=True)
    for number, file in enumerate(FILES.values()):
        (corpus / f"seed-{number}").write_bytes(file(3))


if __name__ == "__main__":
    write_seeds(Path(sys.argv[1]))
    atheris.Setup(sys.argv, read, custom_mutator=mutated)
    atheris.Fuzz()
