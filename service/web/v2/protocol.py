"""What an inference request of the protocol asks for, and the answer to it.

https://github.com/kserve/open-inference-protocol with Triton's extension for binary
tensors: JSON, then the bytes of each binary tensor, in the order of the JSON.
"""

import json
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest

from service.web.received.json_body import parse_object
from service.web.received.tensor import Tensor

Document = dict[str, Any]
T = TypeVar("T")

OUTPUTS: Final = {"outputs": "FP32", "label": "INT64"}
_DTYPES: Final = {"FP32": "<f4", "INT64": "<i8"}
# Parameters that would make another answer of an output; no other one is looked at.
_NOT_OFFERED: Final = ("classification", "shared_memory_region")


@dataclass(frozen=True)
class InferenceRequest:
    """A request as it is to be answered.

    Attributes:
        id: what the client calls it; None if it does not.
        tensor: the one input.
        outputs: the names of the outputs that are wanted, and whether in binary.
    """

    id: str | None
    tensor: Tensor
    outputs: dict[str, bool]


def read_request(body: bytes, json_length: str | None) -> InferenceRequest:
    """Read a request; `json_length` is its header Inference-Header-Content-Length.

    Raises werkzeug's BadRequest for whatever breaks the protocol.
    """
    length = len(body) if json_length is None else _length(json_length, len(body))
    document = parse_object(body[:length])
    entry = _only_input(_member(document, "inputs", list, []))
    return InferenceRequest(
        id=_member(document, "id", str, None),
        tensor=_tensor(entry, memoryview(body)[length:]),
        outputs=_wanted(document),
    )


def encode_answer(
    asked: InferenceRequest,
    version: int,
    tensors: dict[str, NDArray[Any]],
    warnings: list[str],
) -> tuple[bytes, int | None]:
    """The body of the answer, and the length of its JSON if more follows it.

    warnings: go into the parameters, whose values are texts, numbers or bools.
    """
    described = []
    binary = []
    for name, in_binary in asked.outputs.items():
        tensor, datatype = tensors[name], OUTPUTS[name]
        output = {"name": name, "datatype": datatype, "shape": list(tensor.shape)}
        if in_binary:
            data = tensor.astype(_DTYPES[datatype], copy=False).tobytes()
            binary.append(data)
            described.append({**output, "parameters": {"binary_data_size": len(data)}})
        else:
            described.append({**output, "data": tensor.ravel().tolist()})
    identity = {} if asked.id is None else {"id": asked.id}
    model = {"model_name": "digits", "model_version": str(version)}
    told = {"parameters": {"warnings": "; ".join(warnings)}} if warnings else {}
    document = {**model, **identity, **told, "outputs": described}
    text = json.dumps(document).encode()
    return b"".join([text, *binary]), len(text) if binary else None


def _length(text: str, body_length: int) -> int:
    if text.isascii() and text.isdigit() and len(text) < 20:
        length = int(text)
        if length <= body_length:
            return length
    raise BadRequest("Inference-Header-Content-Length is not the length of the JSON")


def _member(document: Any, name: str, kind: type[T], default: Any) -> T | Any:
    """A member of that type; null is as good as none, for so some clients send it."""
    if not isinstance(document, dict):
        raise BadRequest("an input, output or set of parameters is not a JSON object")
    value = document.get(name)
    if value is None:
        return default
    if type(value) is not kind:
        raise BadRequest(f"{name!r} is not of type {kind.__name__}")
    return value


def _only_input(inputs: list[Any]) -> Document:
    """The one input, whatever its name: clients name it after their own models."""
    if len(inputs) != 1:
        raise BadRequest(f"the model takes one input; the request has {len(inputs):,}")
    entry: Document = inputs[0]
    _member(entry, "name", str, "")
    return entry


def _tensor(entry: Document, binary: memoryview) -> Tensor:
    shape = _member(entry, "shape", list, [])
    if not all(type(length) is int for length in shape):
        raise BadRequest("the input's shape is not all whole numbers")
    size = _member(_parameters(entry), "binary_data_size", int, None)
    data = _member(entry, "data", list, None)
    if (size or 0) != len(binary):
        raise BadRequest(f"{len(binary):,} bytes follow the JSON, which says {size}")
    if (size is None) == (data is None):
        raise BadRequest("the input needs either 'data' or 'binary_data_size'")
    datatype = _member(entry, "datatype", str, "")
    return Tensor(datatype, tuple(shape), binary if data is None else data)


def _wanted(document: Document) -> dict[str, bool]:
    all_binary = _member(_parameters(document), "binary_data_output", bool, False)
    entries = _member(document, "outputs", list, [])
    if not entries:
        return dict.fromkeys(OUTPUTS, all_binary)
    wanted: dict[str, bool] = {}
    for entry in entries:
        name = _member(entry, "name", str, "")
        if name not in OUTPUTS or name in wanted:
            raise BadRequest(f"no output {name[:40]!r}, or it is wanted twice")
        parameters = _parameters(entry)
        if any(parameters.get(parameter) for parameter in _NOT_OFFERED):
            raise BadRequest(f"not offered: {', '.join(_NOT_OFFERED)}")
        wanted[name] = _member(parameters, "binary_data", bool, all_binary)
    return wanted


def _parameters(document: Document) -> Document:
    parameters: Document = _member(document, "parameters", dict, {})
    return parameters
