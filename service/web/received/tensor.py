"""Tensors of the Open Inference Protocol, in JSON and in binary, to and from numpy."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest

from service.web.received.json_body import decode_base64

MOST_IMAGES: Final = 1024
INTEGERS: Final = {"UINT8": "u1", "INT32": "<i4", "INT64": "<i8"}  # ink is 255
FRACTIONS: Final = {"FP16": "<f2", "FP32": "<f4", "FP64": "<f8"}  # ink is 1
_DTYPES: Final = INTEGERS | FRACTIONS
DATATYPES: Final = (*_DTYPES, "BYTES")
_ONE_IMAGE: Final = ((784,), (28, 28))
EACH_IMAGE: Final[tuple[tuple[int, ...], ...]] = (*_ONE_IMAGE, (28, 28, 1), (1, 28, 28))
SHAPES: Final = (*(("n", *shape) for shape in EACH_IMAGE), *_ONE_IMAGE)


@dataclass(frozen=True)
class Tensor:
    """The one input as it was sent.

    Attributes:
        datatype: one of DATATYPES.
        shape: one of SHAPES, or (n,) for BYTES; n from 1 to MOST_IMAGES.
        data: a JSON array, flat or nested; or binary, little-endian and row-major.

    Raises werkzeug's BadRequest for another datatype or shape.
    """

    datatype: str
    shape: tuple[int, ...]
    data: list[Any] | memoryview

    def __post_init__(self) -> None:
        if self.datatype not in DATATYPES:
            raise BadRequest(f"the input's datatype is one of {', '.join(DATATYPES)}")
        shapes = (("n",),) if self.datatype == "BYTES" else SHAPES
        if not any(_fits(self.shape, shape) for shape in shapes):
            allowed = ", ".join(f"[{', '.join(map(str, shape))}]" for shape in shapes)
            raise BadRequest(
                f"the input's shape as {self.datatype} is one of {allowed}"
            )
        if self.shape not in _ONE_IMAGE and not 1 <= self.shape[0] <= MOST_IMAGES:
            raise BadRequest(f"the input holds 1 to {MOST_IMAGES:,} images")

    def pixels(self) -> NDArray[Any]:
        """The grey levels of a tensor of numbers, (n, 784), 0 to 255.

        They are uint8 if the datatype is one of INTEGERS, else float32. Raises
        BadRequest for values that are no grey levels, or not as many as the shape.
        """
        values = self.numbers().reshape(-1, 784)
        whole, most = (True, 255) if self.datatype in INTEGERS else (False, 1)
        if not (values.min() >= 0 and values.max() <= most):  # nor is NaN
            raise BadRequest(f"a value of the {self.datatype} input is not 0 to {most}")
        if not whole:
            return values.astype(np.float32) * np.float32(255)
        rows = values.astype(np.uint8)
        if not (rows == values).all():
            raise BadRequest(f"a value of the {self.datatype} input is no whole number")
        return rows

    def numbers(self) -> NDArray[Any]:
        """The values of a tensor of numbers, flat, whatever they are."""
        if isinstance(self.data, memoryview):
            values = self._binary_numbers(self.data)
        else:
            values = _json_numbers(self._flat(self.data))
        if values.size != prod(self.shape):
            raise BadRequest(
                f"the input holds {values.size:,} values, not as its shape"
            )
        return values

    def pictures(self) -> list[bytes]:
        """The encoded images of BYTES, n of them. Raises BadRequest."""
        if isinstance(self.data, memoryview):
            return list(_length_prefixed(self.data, self.shape[0]))
        if len(self.data) != self.shape[0]:
            raise BadRequest(
                f"the input holds {len(self.data):,} elements, not as its shape"
            )
        if set(map(type, self.data)) != {str}:
            raise BadRequest(
                "the data of a BYTES input in JSON is not all base64 texts"
            )
        return [decode_base64(text) for text in self.data]

    def _binary_numbers(self, data: memoryview) -> NDArray[Any]:
        dtype = np.dtype(_DTYPES[self.datatype])
        if data.nbytes != prod(self.shape) * dtype.itemsize:
            raise BadRequest(
                f"{data.nbytes:,} bytes of data are no {self.datatype} of that shape"
            )
        return np.frombuffer(data, dtype)

    def _flat(self, data: list[Any]) -> list[Any]:
        """The elements in row-major order, from a flat array or one like the shape."""
        if data and isinstance(data[0], list):
            for length in self.shape[1:]:
                if any(type(row) is not list or len(row) != length for row in data):
                    raise BadRequest("the input's data is not nested as its shape")
                data = list(chain.from_iterable(data))
        return data


def _fits(shape: tuple[int, ...], allowed: tuple[object, ...]) -> bool:
    return len(shape) == len(allowed) and all(
        wanted in ("n", length) for length, wanted in zip(shape, allowed, strict=True)
    )


def _json_numbers(values: list[Any]) -> NDArray[np.float64]:
    """Numbers of JSON: an integer may be written as 7.0, as some clients do.

    An array of the standard library takes them without numpy's readiness to make
    something of anything.
    """
    if not set(map(type, values)) <= {int, float}:
        raise BadRequest("the input's data is not all numbers")
    try:
        return np.frombuffer(array("d", values), np.float64)
    except OverflowError:
        raise BadRequest("a value of the input is out of range") from None


def _length_prefixed(data: memoryview, elements: int) -> Iterator[bytes]:
    """Elements that each follow their length in 4 little-endian bytes."""
    for _ in range(elements):
        end = 4 + int.from_bytes(data[:4], "little")
        if len(data) < end:
            raise BadRequest("the input's data ends within an element")
        yield bytes(data[4:end])
        data = data[end:]
    if data:
        raise BadRequest("the input's data goes on after its last element")
