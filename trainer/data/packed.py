"""Opening a data file, packed or not: its first bytes decide, whatever its name."""

import bz2
import contextlib
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from trainer.errors import BadData

# What a packed file that is cut short or damaged makes its reader raise.
DAMAGE = (
    EOFError,
    NotImplementedError,  # an unusual way of packing
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)

_PACKED: Mapping[bytes, Callable[[Path], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
_NOT_READ: Mapping[bytes, str] = {
    b"\x28\xb5\x2f\xfd": "it is packed by zstd: unpack it, or pack it as .gz",
    b"PAR1": "it is a Parquet file: save it as CSV",
    b"\xff\xfe": "it is UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "it is UTF-16 text: save it as UTF-8",
    b"\0\0\x08": "it is an IDX file: `python -m trainer data fetch` makes CSV of those",
}
_ZIP = b"PK"


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's content, unpacked if it is gzip, bzip2, xz, or a zip of one file.

    Raises BadData for other formats that are known; OSError and what DAMAGE lists,
    also while the content is read.
    """
    with path.open("rb") as file:
        start = file.read(8)
    for signature, fault in _NOT_READ.items():
        if start.startswith(signature):
            raise BadData(path, fault)
    if start.startswith(_ZIP):
        with zipfile.ZipFile(path) as archive, archive.open(_only(path, archive)) as one:
            yield one
        return
    unpack = next((f for s, f in _PACKED.items() if start.startswith(s)), None)
    with unpack(path) if unpack else path.open("rb") as content:
        yield content


def _only(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file in an archive, but for what macOS adds. Raises BadData."""
    files = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    ]
    if any(member.filename == "[Content_Types].xml" for member in files):
        raise BadData(path, "it is an Excel workbook: save it as CSV")
    if len(files) != 1:
        raise BadData(path, f"the zip holds {len(files)} files: unpack the one to read")
    if files[0].flag_bits & 1:
        raise BadData(path, "the zip is encrypted: unpack it")
    return files[0]
