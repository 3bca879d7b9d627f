"""The addresses of the Open Inference Protocol: health, metadata, inference."""

import threading
from contextlib import nullcontext
from typing import Any, Final

import numpy as np
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from numpy.typing import NDArray
from werkzeug.exceptions import UnsupportedMediaType

from model_store import Model, __version__
from service.image import ImageRejected, RejectedAt, read_digit
from service.serving.prediction import predict
from service.web.pixel_budget import PixelBudget
from service.web.routes import parts, record_energy
from service.web.v2.protocol import encode_answer, read_request
from service.web.v2.tensors import Tensor

v2 = Blueprint("v2", __name__, url_prefix="/v2")

# A number of a JSON tensor may take 4 bytes to send, and 32 as one of Python's objects.
# So bodies larger than this wait for each other, as large pictures do.
LARGE: Final = 2**20
_ONE_LARGE: Final = threading.Lock()
_JSON_LENGTH = "Inference-Header-Content-Length"
_MODEL = "/models/digits"
_VERSION = "/models/digits/versions/<int(max=999999999):version>"


@v2.get("")
def server_metadata() -> ResponseReturnValue:
    """The name of the server, its version, and what it can beyond the protocol."""
    return {
        "name": "digits",
        "version": __version__,
        "extensions": ["binary_tensor_data"],
    }


@v2.get("/health/live")
def live() -> ResponseReturnValue:
    """The server answers."""
    return {"live": True}


@v2.get("/health/ready")
def ready() -> ResponseReturnValue:
    """A model is loaded; else 503 says why not."""
    parts().models.get()
    return {"ready": True}


@v2.get(_MODEL)
@v2.get(_VERSION)
def model_metadata(version: int | None = None) -> ResponseReturnValue:
    """The inputs and outputs, and the versions that can be asked for."""
    _check(version)
    return {
        "name": "digits",
        "versions": [str(number) for number in parts().catalog.cards()],
        "platform": "numpy",
        "inputs": [{"name": "image", "datatype": "UINT8", "shape": [-1, 784]}],
        "outputs": [
            {"name": "outputs", "datatype": "FP32", "shape": [-1, 10]},
            {"name": "label", "datatype": "INT64", "shape": [-1]},
        ],
    }


@v2.get(f"{_MODEL}/ready")
@v2.get(f"{_VERSION}/ready")
def model_ready(version: int | None = None) -> ResponseReturnValue:
    """That version, or the served one, can be asked."""
    _check(version)
    return {"name": "digits", "ready": True}


@v2.post(f"{_MODEL}/infer")
@v2.post(f"{_VERSION}/infer")
def infer(version: int | None = None) -> ResponseReturnValue:
    """The outputs and labels of a tensor of images; see docs/api.md."""
    model = _model(version)
    body = parts().bodies.read(request.environ)
    if request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType("the body is compressed; send it as it is")
    with _ONE_LARGE if len(body) > LARGE else nullcontext():
        return _answer(model, body)


def _answer(model: Model, body: bytes) -> Response:
    """What the model says of the tensor in the body of this request."""
    asked = read_request(body, request.headers.get(_JSON_LENGTH))
    span = parts().access_log.tracer.span
    with span("decode"):
        pixels = _pixels(asked.image)
    with span("predict"):
        predictions = predict(model, pixels)
    tensors = {"outputs": predictions.outputs, "label": predictions.labels}
    content, json_length = encode_answer(asked, model.version, tensors)
    record_energy(model, len(predictions))
    if json_length is None:
        return Response(content, mimetype="application/json")
    headers = {_JSON_LENGTH: str(json_length)}
    return Response(content, headers=headers, mimetype="application/octet-stream")


def _check(version: int | None) -> None:
    """Raise what `_model` would, without loading anything."""
    if version is None:
        parts().models.get()
    else:
        parts().catalog.card(version)


def _model(version: int | None) -> Model:
    """The model for a prediction, or the stored one of that version."""
    if version is None:
        return parts().models.pick()
    served = parts().models.loaded
    if served and served.version == version:
        return served
    return parts().catalog.model(version)


def _pixels(image: Tensor) -> NDArray[Any]:
    if image.datatype != "BYTES":
        return image.pixels()
    budget = PixelBudget(parts().config.max_pixels)
    rows = []
    for position, picture in enumerate(image.pictures()):
        try:
            rows.append(read_digit(picture, budget.allow(picture)).pixels)
        except ImageRejected as rejection:
            raise RejectedAt(position, rejection) from rejection
    return np.stack(rows)
