"""The addresses of the Open Inference Protocol, and of Triton's extensions to it."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from model_store import Model, __version__
from service.image import Score
from service.serving.prediction import Predictions, predict, scorer
from service.web.predict import warnings_of
from service.web.received.body import read_body
from service.web.received.json_body import parse_object
from service.web.received.pictures import Images, images_of, read_pictures
from service.web.received.tensor import Tensor
from service.web.received.tensor_body import tensor_body
from service.web.routes import counted_for, pick_model, record_energy
from service.web.services import ready_model, services
from service.web.v2 import metadata
from service.web.v2.protocol import encode_answer, read_request

v2 = Blueprint("v2", __name__, url_prefix="/v2")

_JSON_LENGTH = "Inference-Header-Content-Length"
_MODEL = "/models/digits"
_VERSION = "/models/digits/versions/<int(max=999999999):version>"


@v2.get("")
def server_metadata() -> ResponseReturnValue:
    """The name of the server, its version, and what it can beyond the protocol."""
    return {
        "name": "digits",
        "version": __version__,
        "extensions": ["binary_tensor_data", "model_configuration", "statistics"],
    }


@v2.get("/health/live")
def live() -> ResponseReturnValue:
    """The server answers."""
    return {"live": True}


@v2.get("/health/ready")
def ready() -> ResponseReturnValue:
    """A model is loaded, and the service goes on; else 503 says why not."""
    ready_model()
    return {"ready": True}


@v2.get(_MODEL)
@v2.get(_VERSION)
def model_metadata(version: int | None = None) -> ResponseReturnValue:
    """The inputs and outputs, and the versions that can be asked for."""
    _check(version)
    return metadata.model_metadata(services().catalog.cards())


@v2.get(f"{_MODEL}/config")
@v2.get(f"{_VERSION}/config")
def model_config(version: int | None = None) -> ResponseReturnValue:
    """The same in Triton's terms."""
    _check(version)
    return metadata.model_config()


@v2.get("/models/stats")
@v2.get(f"{_MODEL}/stats")
@v2.get(f"{_VERSION}/stats")
def statistics(version: int | None = None) -> ResponseReturnValue:
    """How many images each version, or that one, has answered."""
    if version is None:
        return metadata.statistics(services().catalog.cards())
    _check(version)
    return metadata.statistics([version])


@v2.post("/repository/index")
def repository_index() -> ResponseReturnValue:
    """Every stored version; with {"ready": true} those that can be asked."""
    body = read_body(request.environ, services().config.max_upload_bytes)
    only_ready = parse_object(body).get("ready", False) if body else False
    if not isinstance(only_ready, bool):
        raise BadRequest("'ready' is not true or false")
    entries = metadata.repository_index(services().catalog, services().store.versions())
    return [e for e in entries if e["state"] == "READY" or not only_ready]


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
    with tensor_body() as body:
        return _answer(model, body)


def _answer(model: Model, body: bytes) -> Response:
    """What the model says of the tensor in the body of this request."""
    asked = read_request(body, request.headers.get(_JSON_LENGTH))
    span = services().access_log.tracer.span
    with span("decode"):
        images = _images(asked.tensor, scorer(model))
    with span("predict"):
        predictions = predict(model, images.pixels, images.certainty)
    tensors = {"outputs": predictions.outputs, "label": predictions.labels}
    warnings = _warnings(images, predictions)
    content, json_length = encode_answer(asked, model.version, tensors, warnings)
    record_energy(model, len(predictions))
    if json_length is None:
        return Response(content, mimetype="application/json")
    headers = {_JSON_LENGTH: str(json_length)}
    return Response(content, headers=headers, mimetype="application/octet-stream")


def _check(version: int | None) -> None:
    """Raise what `_model` would, without loading anything."""
    if version is None:
        services().models.get()
    else:
        services().catalog.card(version)


def _model(version: int | None) -> Model:
    """The model for a prediction, or the stored one of that version."""
    if version is None:
        return pick_model()
    served = services().models.loaded
    if served and served.version == version:
        return counted_for(served)
    return counted_for(services().catalog.model(version))


def _warnings(images: Images, predictions: Predictions) -> list[str]:
    """What there is to know about the images, each by its position."""
    told = map(warnings_of, images.warnings, predictions)
    return [
        f"image {position}: {warning}"
        for position, warnings in enumerate(told)
        for warning in warnings.get("warnings", [])
    ]


def _images(tensor: Tensor, score: Score) -> Images:
    if tensor.datatype != "BYTES":
        return images_of(tensor.pixels())
    return read_pictures(tensor.pictures(), services().config.max_pixels, score)
