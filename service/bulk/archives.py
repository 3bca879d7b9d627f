"""Zip and tar archives, cut so that one large archive keeps every worker busy."""

import bz2
import contextlib
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

PICTURES_A_PART: Final = 500
_PACKED_PARTS: Final = 16  # of a packed tar file: each is unpacked from the beginning
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
Span = tuple[int, int | None]


def spans_of_zip(file: Path) -> Iterator[Span]:
    """From which member up to which, for each part."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = len(archive.infolist())
    except (OSError, zipfile.BadZipFile):
        members = 1  # whoever scores it will say what is wrong
    for start in range(0, members, PICTURES_A_PART):
        yield start, min(start + PICTURES_A_PART, members)


def spans_of_tar(file: Path) -> Iterator[Span]:
    """From which byte, unpacked, up to which, for each part; None: to the end."""
    starts: list[int] = []
    with contextlib.suppress(*BROKEN), tar_from(file) as archive:
        starts += [member.offset for member in archive]
    size = PICTURES_A_PART
    if _is_packed(file):
        size = max(size, -(-len(starts) // _PACKED_PARTS))
    begins = starts[::size] or [0]  # whoever scores it will say what is wrong
    yield from zip(begins, [*begins[1:], None], strict=True)


@contextlib.contextmanager
def tar_from(file: Path, start: int = 0) -> Iterator[tarfile.TarFile]:
    """A tar file, packed or not, from a member's first byte on. Raises BROKEN."""
    with _unpacked(file) as unpacked:
        unpacked.seek(start)
        with tarfile.TarFile(fileobj=unpacked) as archive:
            yield archive


def _is_packed(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(2) in _UNPACKED
    except OSError:
        return False


def _unpacked(file: Path) -> IO[bytes]:
    with file.open("rb") as opened:
        unpack = _UNPACKED.get(opened.read(2), open)
    unpacked: IO[bytes] = unpack(file, "rb")
    return unpacked
