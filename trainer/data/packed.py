"""Unpacking a data file: its first bytes decide how, whatever its name."""

import bz2
import contextlib
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from trainer.errors import DataFault

# What a packed file that is cut short or damaged makes its reader raise.
_DAMAGE = (
    EOFError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)

_NOT_READ: Mapping[bytes, str] = {
    b"\x28\xb5\x2f\xfd": "it is packed by zstd: unpack it, or pack it as .gz",
    b"PAR1": "it is a Parquet file: save it as CSV",
    b"\xff\xfe": "it is UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "it is UTF-16 text: save it as UTF-8",
    b"\0\0\x08": "it is an IDX file: `python -m trainer data fetch` makes CSV of those",
}


@contextlib.contextmanager
def unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The content of a file, which may be gzip, bzip2, xz, or a zip of one file.

    Raises DataFault for other formats that are known, and, also while the content is
    read, for damage; OSError.
    """
    start = file.read(8)
    file.seek(0)
    for signature, fault in _NOT_READ.items():
        if start.startswith(signature):
            raise DataFault(fault)
    unpackers = (f for s, f in _PACKED.items() if start.startswith(s))
    try:
        with next(unpackers, contextlib.nullcontext)(file) as content:
            yield content
    except NotImplementedError:  # zipfile's word for a compression that it lacks
        raise DataFault(
            "the zip is packed in a way that Python cannot unpack: unpack it, or pack"
            " it as .gz"
        ) from None
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.strerror:  # none of damage has one
            raise
        raise DataFault("the packed file is cut short or damaged") from None


@contextlib.contextmanager
def _only_one(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The one file in a zip, but for what macOS adds. Raises DataFault."""
    with zipfile.ZipFile(file) as archive, archive.open(_name(archive)) as content:
        yield content


def _name(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    ]
    if any(member.filename == "[Content_Types].xml" for member in files):
        raise DataFault("it is an Excel workbook: save it as CSV")
    if len(files) != 1:
        raise DataFault(f"the zip holds {len(files)} files: unpack the one to read")
    if files[0].flag_bits & 1:
        raise DataFault("the zip is encrypted: unpack it")
    return files[0]


_PACKED: Mapping[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
    b"PK": _only_one,
}
