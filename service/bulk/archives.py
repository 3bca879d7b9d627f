"""Archives and CSV files, cut so that one large file keeps every worker busy."""

import bz2
import contextlib
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import ceil
from typing import IO, Any, Final, NamedTuple

from service.bulk.places import opened

PICTURES_A_PART: Final = 500
ROWS_A_PART: Final = 2000  # of a CSV: a row takes less than a picture's file
_PACKED_PARTS: Final = 16  # of a packed file: each is unpacked from the beginning
_UNPACKED: Final[dict[bytes, Callable[..., Any]]] = {  # by their first bytes
    b"\x1f\x8b": gzip.open,
    b"BZ": bz2.open,
    b"\xfd7": lzma.open,
}
# What the archives' modules raise on damaged, encrypted and unknown members.
BROKEN: Final = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
)


class Span(NamedTuple):
    """From where in a file up to where (None: its end) a part goes.

    Of a zip file these are members by their number; of others bytes, unpacked.

    Attributes:
        number: of the first member or row, from 1.
    """

    start: int
    until: int | None
    number: int = 1


def spans_of_zip(file: str) -> Iterator[Span]:
    """So many members each."""
    members = 1  # of what cannot be read, whoever scores it will say what is wrong
    with contextlib.suppress(*BROKEN), zip_of(file) as archive:
        members = len(archive.infolist())
    for start in range(0, members, PICTURES_A_PART):
        yield Span(start, min(start + PICTURES_A_PART, members), start + 1)


def spans_of_tar(file: str) -> Iterator[Span]:
    """So many members each, more if it is packed."""
    starts: list[int] = []
    with contextlib.suppress(*BROKEN), tar_from(file) as archive:
        for number, member in enumerate(archive):
            if number % PICTURES_A_PART == 0:
                starts.append(member.offset)
    yield from _from_each(starts, PICTURES_A_PART, file)


def spans_of_csv(file: str) -> Iterator[Span]:
    """So many rows each, more if it is packed."""
    starts, at = [], 0
    with contextlib.suppress(*BROKEN), unpacked(file) as lines:
        for number, line in enumerate(lines):
            if number % ROWS_A_PART == 0:
                starts.append(at)
            at += len(line)
    yield from _from_each(starts, ROWS_A_PART, file)


def _from_each(starts: list[int], size: int, file: str) -> Iterator[Span]:
    """Spans that begin there, `size` apart; of a packed file at most _PACKED_PARTS."""
    every = max(1, ceil(len(starts) / _PACKED_PARTS)) if _is_packed(file) else 1
    begins = starts[::every] or [0]
    for number, (start, until) in enumerate(pairwise([*begins, None])):
        yield Span(start or 0, until, number * every * size + 1)


@contextlib.contextmanager
def zip_of(file: str) -> Iterator[zipfile.ZipFile]:
    """A zip file. Raises BROKEN."""
    with opened(file) as content, zipfile.ZipFile(content) as archive:
        yield archive


@contextlib.contextmanager
def tar_from(file: str, start: int = 0) -> Iterator[tarfile.TarFile]:
    """A tar file, packed or not, from a member's first byte on. Raises BROKEN."""
    with unpacked(file) as content:
        content.seek(start)
        with tarfile.TarFile(fileobj=content) as archive:
            yield archive


@contextlib.contextmanager
def unpacked(file: str) -> Iterator[IO[bytes]]:
    """What a file holds, whether packed or not. Raises BROKEN."""
    with opened(file) as content:
        unpack = _UNPACKED.get(content.read(2))
        content.seek(0)
        with unpack(content, "rb") if unpack else contextlib.nullcontext(content) as it:
            yield it


def _is_packed(file: str) -> bool:
    with contextlib.suppress(OSError), opened(file) as content:
        return content.read(2) in _UNPACKED
    return False
