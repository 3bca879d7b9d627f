"""Tensors of the Open Inference Protocol, in JSON and in binary, to and from numpy."""

import base64
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest

MOST_IMAGES: Final = 1024
_SHAPES: Final = {
    "UINT8": ((784,), (28, 28)),
    "FP32": ((784,), (28, 28)),
    "BYTES": ((),),
}
_DTYPES: Final = {"UINT8": "u1", "FP32": "<f4"}
# What the numbers of a JSON tensor may be; an array of the standard library takes
# them without numpy's readiness to make something of anything.
_JSON_TYPES: Final[dict[str, set[type]]] = {
    "UINT8": {int},
    "FP32": {int, float},
    "BYTES": {str},
}
_ARRAY_CODES: Final = {"UINT8": "B", "FP32": "f"}


@dataclass(frozen=True)
class Tensor:
    """The input `image` as it was sent.

    Attributes:
        datatype: UINT8, FP32 or BYTES.
        shape: (n, 784), (n, 28, 28), or (n,) for BYTES; n from 1 to MOST_IMAGES.
        data: a JSON array, flat or nested; or binary, little-endian and row-major.

    Raises werkzeug's BadRequest for another datatype or shape.
    """

    datatype: str
    shape: tuple[int, ...]
    data: list[Any] | memoryview

    def __post_init__(self) -> None:
        shapes = _SHAPES.get(self.datatype)
        if shapes is None:
            raise BadRequest(f"the datatype of 'image' is one of {', '.join(_SHAPES)}")
        if not self.shape or self.shape[1:] not in shapes:
            allowed = " or ".join(f"[{', '.join(map(str, ('n', *s)))}]" for s in shapes)
            raise BadRequest(f"the shape of 'image' as {self.datatype} is {allowed}")
        if not 1 <= self.shape[0] <= MOST_IMAGES:
            raise BadRequest(f"'image' holds 1 to {MOST_IMAGES:,} images")

    def pixels(self) -> NDArray[Any]:
        """The grey levels of UINT8 or FP32, (n, 784), 0 to 255. Raises BadRequest."""
        values = self._numbers()
        if values.size != prod(self.shape):
            raise BadRequest(f"'image' holds {values.size:,} values, not as its shape")
        rows = values.reshape(-1, 784)
        if self.datatype == "UINT8":
            return rows
        if not (rows.min() >= 0 and rows.max() <= 1):  # nor is NaN
            raise BadRequest("a value of 'image' as FP32 is not from 0 to 1")
        return rows * np.float32(255)

    def pictures(self) -> list[bytes]:
        """The encoded images of BYTES, n of them. Raises BadRequest."""
        if isinstance(self.data, memoryview):
            return list(_length_prefixed(self.data, self.shape[0]))
        texts = self._json_values(self.data)
        if len(texts) != self.shape[0]:
            raise BadRequest(f"'image' holds {len(texts):,} elements, not as its shape")
        return [_from_base64(text) for text in texts]

    def _numbers(self) -> NDArray[Any]:
        dtype = np.dtype(_DTYPES[self.datatype])
        if isinstance(self.data, memoryview):
            if self.data.nbytes != prod(self.shape) * dtype.itemsize:
                raise BadRequest(f"'image' has {self.data.nbytes:,} bytes of data")
            return np.frombuffer(self.data, dtype)
        values = self._json_values(self.data)
        try:
            return np.frombuffer(array(_ARRAY_CODES[self.datatype], values), dtype)
        except OverflowError:
            raise BadRequest(
                f"a value of 'image' is out of range for {self.datatype}"
            ) from None

    def _json_values(self, data: list[Any]) -> list[Any]:
        """The elements in row-major order, from a flat array or one like the shape."""
        if data and isinstance(data[0], list):
            for length in self.shape[1:]:
                if any(type(row) is not list or len(row) != length for row in data):
                    raise BadRequest("the data of 'image' is not nested as its shape")
                data = list(chain.from_iterable(data))
        if not set(map(type, data)) <= _JSON_TYPES[self.datatype]:
            raise BadRequest(f"the data of 'image' is not all {self.datatype}")
        return data


def _length_prefixed(data: memoryview, elements: int) -> Iterator[bytes]:
    """Elements that each follow their length in 4 little-endian bytes."""
    for _ in range(elements):
        end = 4 + int.from_bytes(data[:4], "little")
        if len(data) < end:
            raise BadRequest("the data of 'image' ends within an element")
        yield bytes(data[4:end])
        data = data[end:]
    if data:
        raise BadRequest("the data of 'image' goes on after its last element")


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise BadRequest("an element of 'image' in JSON is not base64") from None
