"""KServe's V1 protocol for the model `digits`: instances in, predictions out.

https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol, as
TensorFlow Serving's REST interface speaks it too.
"""

from typing import Any, Final

import numpy as np
from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from service.image import Score
from service.serving.prediction import predict, scorer
from service.web.predict import warnings_of
from service.web.received.json_body import decode_base64, parse_object
from service.web.received.pictures import Images, images_of, read_pictures
from service.web.received.tensor import EACH_IMAGE, MOST_IMAGES, Tensor
from service.web.received.tensor_body import tensor_body
from service.web.routes import pick_model, record_energy
from service.web.services import services

_MOST_AXES: Final = 4  # one more than any image has

v1 = Blueprint("v1", __name__, url_prefix="/v1")


@v1.get("/models")
def list_models() -> ResponseReturnValue:
    """The names of the models: there is one."""
    return {"models": ["digits"]}


@v1.get("/models/digits")
def model_ready() -> ResponseReturnValue:
    """A model is loaded; else 503 says why not."""
    services().models.get()
    return {"name": "digits", "ready": True}


@v1.post("/models/digits:predict")
def predict_instances() -> ResponseReturnValue:
    """A prediction for each of the instances, in order; see docs/api.md."""
    model = pick_model()
    span = services().access_log.tracer.span
    with tensor_body() as body:
        with span("decode"):
            images = _images(_instances(parse_object(body)), scorer(model))
        with span("predict"):
            predictions = predict(model, images.pixels, images.certainty)
    record_energy(model, len(predictions))
    answers = [
        prediction.to_dict() | warnings_of(seen, prediction)
        for seen, prediction in zip(images.warnings, predictions, strict=True)
    ]
    return {"predictions": answers}


def _instances(document: dict[str, Any]) -> list[Any]:
    """The images as they were sent; one in an object of one member is that member."""
    instances = document.get("instances")
    if not isinstance(instances, list) or not 1 <= len(instances) <= MOST_IMAGES:
        raise BadRequest(f"'instances' is not a list of 1 to {MOST_IMAGES:,} images")
    return [_unwrapped(instance) for instance in instances]


def _unwrapped(instance: Any) -> Any:
    if isinstance(instance, dict) and len(instance) == 1 and "b64" not in instance:
        return next(iter(instance.values()))
    return instance


def _images(instances: list[Any], score: Score) -> Images:
    if all(isinstance(instance, dict) for instance in instances):
        pictures = [_encoded(instance) for instance in instances]
        return read_pictures(pictures, services().config.max_pixels, score)
    shape = _shape(instances[0])
    if shape not in EACH_IMAGE:
        raise BadRequest(
            f"the first of the instances has the shape {list(shape)}; an image has one"
            f" of {', '.join(str(list(each)) for each in EACH_IMAGE)}"
        )
    tensor = Tensor("FP64", (len(instances), *shape), instances)
    grey = tensor.numbers().reshape(-1, 784)
    most = 1 if grey.max() <= 1 else 255
    if not (grey.min() >= 0 and grey.max() <= most):
        raise BadRequest("a value of the instances is not 0 to 1, nor 0 to 255")
    return images_of((grey * (255 / most)).astype(np.float32))


def _encoded(instance: dict[str, Any]) -> bytes:
    text = instance.get("b64")
    if not isinstance(text, str) or len(instance) > 1:
        raise BadRequest("an instance that is an object holds a picture as 'b64'")
    return decode_base64(text)


def _shape(nested: Any) -> tuple[int, ...]:
    """The lengths of lists within lists, by the first of each; no more than matter."""
    lengths: list[int] = []
    while isinstance(nested, list) and nested and len(lengths) < _MOST_AXES:
        lengths.append(len(nested))
        nested = nested[0]
    return tuple(lengths)
