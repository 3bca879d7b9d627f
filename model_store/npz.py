"""The model file: W1, b1, W2, b2, ... in float32 and the metadata, as one .npz."""

import io
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from model_store.card import Card, InvalidCard
from model_store.errors import CorruptModel, InvalidNetwork
from model_store.network import Network

# The notes' network is 2 MB. A file that claims more than this is refused unread.
MAX_BYTES = 256 * 2**20
_MOST_ARRAYS = 1000
_DIRECTORY_ENTRY = b"PK\x01\x02"


def to_bytes(network: Network, card: Card) -> bytes:
    """The content of a model file; the parameters become float32."""
    arrays: dict[str, Any] = {"metadata": np.array(card.to_json())}
    for i, (weight, bias) in enumerate(
        zip(network.weights, network.biases, strict=True), start=1
    ):
        arrays[f"W{i}"] = weight.astype(np.float32)
        arrays[f"b{i}"] = bias.astype(np.float32)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def read(path: Path) -> tuple[Network, Card]:
    """Read and check a model file; nothing in it is ever unpickled.

    Raises CorruptModel (with the first thing that is wrong), OSError.
    """
    return parse(path, content(path))


def content(path: Path) -> bytes:
    """What a file holds that may be a model. Raises CorruptModel, OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise CorruptModel(path, "it is not a regular file")
    if path.stat().st_size > MAX_BYTES:
        raise CorruptModel(path, f"it is larger than {MAX_BYTES // 2**20} MiB")
    return path.read_bytes()


def parse(path: Path, content: bytes) -> tuple[Network, Card]:
    """Check a model file by its content. Raises CorruptModel, naming the path."""
    try:
        if content.count(_DIRECTORY_ENTRY) > _MOST_ARRAYS:
            # zipfile would make an object of each, of ten times its size.
            raise _Refused(f"it holds more than {_MOST_ARRAYS:,} arrays")
        arrays = _arrays(io.BytesIO(content))
        card = Card.from_json(_text(arrays.pop("metadata")))
        network = _network(arrays, card)
    except (_Refused, InvalidCard, InvalidNetwork) as error:
        raise CorruptModel(path, str(error)) from None
    except zipfile.BadZipFile:
        raise CorruptModel(path, "it is not a complete .npz file") from None
    except _DAMAGE as error:
        raise CorruptModel(path, f"it is damaged ({error})") from None
    return network, card


# What zipfile and numpy's reader of .npy headers raise on damaged bytes.
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


class _Refused(Exception):
    """Something in the file that a model file does not hold."""


def _arrays(content: IO[bytes]) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(content) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise _Refused(f"it claims more than {MAX_BYTES // 2**20} MiB")
        arrays = {}
        for member in members:
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _Refused(f"{member.filename} is packed in an unusual way")
            with archive.open(member) as file:
                arrays[member.filename] = _array(file, member)
    names = {name.removesuffix(".npy") for name in arrays}
    if len(names) != len(members) or "metadata" not in names:
        raise _Refused("it holds no metadata, or an array twice")
    return {name.removesuffix(".npy"): array for name, array in arrays.items()}


def _array(file: IO[bytes], member: zipfile.ZipInfo) -> NDArray[Any]:
    """One array, whose header is held against the member's size before it is read."""
    name = member.filename.removesuffix(".npy")
    major, _ = npy.read_magic(file)
    read_header = npy.read_array_header_1_0 if major == 1 else npy.read_array_header_2_0
    shape, fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise _Refused(f"{name} holds pickled objects")
    count = int(np.prod(shape, dtype=object))
    if min(shape, default=0) < 0 or count * dtype.itemsize > member.file_size:
        raise _Refused(f"{name} is not of the shape that its header says")
    data = file.read(count * dtype.itemsize)
    if file.read(1):  # reading to the end also checks the CRC
        raise _Refused(f"{name} is longer than its header says")
    array = np.frombuffer(data, dtype, count).reshape(
        shape, order="F" if fortran else "C"
    )
    return np.ascontiguousarray(array) if shape else array


def _text(metadata: NDArray[Any]) -> str:
    if metadata.dtype.kind != "U" or metadata.shape != ():
        raise _Refused("its metadata is not one text")
    return str(metadata)


def _network(arrays: Mapping[str, NDArray[Any]], card: Card) -> Network:
    depth = len(card.activations)
    expected = [f"{kind}{i}" for i in range(1, depth + 1) for kind in ("W", "b")]
    if unknown := sorted(set(arrays) ^ set(expected)):
        raise _Refused(f"it lacks or should not hold {', '.join(unknown[:5])}")
    for name in expected:
        if arrays[name].dtype != np.float32:
            raise _Refused(f"{name} is {arrays[name].dtype}, not float32")
    network = Network(
        weights=tuple(arrays[name] for name in expected[::2]),
        biases=tuple(arrays[name] for name in expected[1::2]),
        activation_names=tuple(card.activations),
    )
    if network.layers != card.layers:
        raise _Refused(f"its arrays make {network.layers}, its metadata {card.layers}")
    if (network.layers[0], network.layers[-1]) != (784, 10):
        raise _Refused(f"{network.layers} does not read 784 pixels as 10 digits")
    return network
