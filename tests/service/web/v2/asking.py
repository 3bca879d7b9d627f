"""Inference requests as clients of the protocol send them, and their answers."""

import json
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from numpy.typing import NDArray
from werkzeug.test import TestResponse

INFER = "/v2/models/digits/infer"
JSON_LENGTH = "Inference-Header-Content-Length"
PIXELS = np.random.default_rng(5).integers(0, 256, (3, 784), dtype=np.uint8)


def image(datatype: str = "UINT8", shape: Any = (3, 784), **more: Any) -> Any:
    """The input `image`, without data unless that is given."""
    return {"name": "image", "datatype": datatype, "shape": shape, **more}


def asking(entry: Any, **more: Any) -> dict[str, Any]:
    """A request with that one input."""
    return {"inputs": [entry], **more}


def in_json(client: FlaskClient, document: Any, path: str = INFER) -> TestResponse:
    """Send the document, or the text, as it is."""
    text = document if isinstance(document, str | bytes) else json.dumps(document)
    return client.post(path, data=text)


def in_binary(
    client: FlaskClient, entry: Any, data: bytes, path: str = INFER, **more: Any
) -> TestResponse:
    """Send the input's data after the JSON, and ask for the same."""
    entry = {**entry, "parameters": {"binary_data_size": len(data)}}
    more = {"parameters": {"binary_data_output": True}, **more}
    text = json.dumps(asking(entry, **more)).encode()
    headers = {JSON_LENGTH: str(len(text))}
    return client.post(path, data=text + data, headers=headers)


def tensors(answer: TestResponse) -> dict[str, NDArray[Any]]:
    """The outputs of an answer, in JSON or in binary."""
    assert answer.status_code == 200, answer.text
    length = int(answer.headers.get(JSON_LENGTH, len(answer.data)))
    binary = answer.data[length:]
    found = {}
    for output in json.loads(answer.data[:length])["outputs"]:
        dtype = {"FP32": "<f4", "INT64": "<i8"}[output["datatype"]]
        if "data" in output:
            values = np.array(output["data"], dtype)
        else:
            size = output["parameters"]["binary_data_size"]
            values, binary = np.frombuffer(binary[:size], dtype), binary[size:]
        found[output["name"]] = values.reshape(output["shape"])
    assert not binary
    return found


def assert_refused(answer: TestResponse, status: int) -> str:
    """Hold an answer against the protocol's form of an error; its text."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    document = answer.get_json()
    assert set(document) == {"error"}
    text: str = document["error"]
    assert text.strip()
    return text
