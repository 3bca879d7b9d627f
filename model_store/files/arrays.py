"""Reading the arrays of an .npz file that may hold anything, unpickling nothing."""

import contextlib
import io
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

_MOST_ARRAYS = 1000
_DIRECTORY_ENTRY = b"PK\x01\x02"


class HasStatus(Protocol):
    """What is needed of an os.stat_result."""

    @property
    def st_mode(self) -> int: ...

    @property
    def st_size(self) -> int: ...


class Readable(Protocol):
    """What is needed of a Path."""

    def stat(self) -> HasStatus: ...

    def read_bytes(self) -> bytes: ...


class Refused(Exception):
    """What is wrong with a file, in a few words."""


# What zipfile, numpy's reader of .npy headers and json raise on damaged bytes.
_DAMAGE = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    tokenize.TokenError,
    zlib.error,
)


@contextlib.contextmanager
def refusing_damage() -> Iterator[None]:
    """Whatever damaged bytes make a reader raise becomes Refused."""
    try:
        yield
    except zipfile.BadZipFile:
        raise Refused("it is not a complete .npz file") from None
    except _DAMAGE as error:
        raise Refused(f"it is damaged ({error})") from None


def read_arrays(path: Path, max_bytes: int) -> dict[str, NDArray[Any]]:
    """Every array of the file under its name.

    Raises Refused (also for a file that claims more than max_bytes), OSError.
    """
    return arrays_in(content_of(path, max_bytes), max_bytes)


def content_of(path: Readable, max_bytes: int) -> bytes:
    """The bytes of a regular file that is no larger. Raises Refused, OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise Refused("it is not a regular file")
    if path.stat().st_size > max_bytes:
        raise Refused(f"it is larger than {max_bytes // 2**20} MiB")
    return path.read_bytes()


def arrays_in(content: bytes, max_bytes: int) -> dict[str, NDArray[Any]]:
    """Every array of such a file's content under its name. Raises Refused."""
    if content.count(_DIRECTORY_ENTRY) > _MOST_ARRAYS:
        # zipfile would make an object of each, of ten times its size.
        raise Refused(f"it holds more than {_MOST_ARRAYS:,} arrays")
    with refusing_damage():
        return _arrays(io.BytesIO(content), max_bytes)


def text_of(array: NDArray[Any], name: str) -> str:
    """The text that a 0-d array holds. Raises Refused."""
    if array.dtype.kind != "U" or array.shape != ():
        raise Refused(f"its {name} is not one text")
    return str(array)


def _arrays(content: IO[bytes], max_bytes: int) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(content) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > max_bytes:
            raise Refused(f"it claims more than {max_bytes // 2**20} MiB")
        arrays = {}
        for member in members:
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused(f"{member.filename} is packed in an unusual way")
            with archive.open(member) as file:
                arrays[member.filename.removesuffix(".npy")] = _array(file, member)
    if len(arrays) != len(members):
        raise Refused("it holds an array twice")
    return arrays


def _array(file: IO[bytes], member: zipfile.ZipInfo) -> NDArray[Any]:
    """One array, whose header is held against the member's size before it is read."""
    name = member.filename.removesuffix(".npy")
    major, _ = npy.read_magic(file)
    read_header = npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0
    shape, fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise Refused(f"{name} holds pickled objects")
    count = int(np.prod(shape, dtype=object))
    if min(shape, default=0) < 0 or count * dtype.itemsize > member.file_size:
        raise Refused(f"{name} is not of the shape that its header says")
    data = file.read(count * dtype.itemsize)
    if file.read(1):  # reading to the end also checks the CRC
        raise Refused(f"{name} is longer than its header says")
    array = np.frombuffer(data, dtype, count).reshape(
        shape, order="F" if fortran else "C"
    )
    return np.ascontiguousarray(array) if shape else array
