"""What is asked of a lesson: JSON, or the fields of the page's form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from flask import Request
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest

from model_store import Model
from service.serving.lesson import MOST_STEPS, Question
from service.serving.other_digits import other_digits
from service.web.received.body import read_body
from service.web.received.json_body import decode_base64
from service.web.received.multipart import parts_of
from service.web.received.upload import Upload, from_part
from service.web.services import Services

STEPS = 10
_FOLLOW = "follow"
_OF_WEIGHT = ("layer", "row", "column")
_FIELD = re.compile(
    r"version|sample|truth|alpha|steps|(?:follow)?node\d|layer|row|column"
)
_MOST_FIELDS = 20
# Rates that bring a loss down in some steps and leave most other digits alone.
_ALPHA = {"sigmoid": 0.3, "softmax": 0.001}


def model_asked_for(found: Mapping[str, Any], services: Services) -> Model:
    """The version that is named, or the served one.

    Raises BadRequest, NoModel, and what Catalog.model raises.
    """
    if "version" not in found:
        return services.models.get()
    return services.catalog.model(_whole(found, "version", 1, 999_999_999, 0))


def question_of(
    found: Mapping[str, Any], model: Model, pixels: NDArray[np.uint8]
) -> Question:
    """What is asked about pixels (784,). Raises BadRequest."""
    network = model.network
    alpha = found.get("alpha", _ALPHA.get(network.activation_names[-1], 0.1))
    if isinstance(alpha, bool) or not isinstance(alpha, int | float):
        raise BadRequest("alpha is not a number")
    if not 0 < alpha <= 1e6 or not isfinite(alpha):
        raise BadRequest("alpha is not above 0 and up to 1,000,000")
    label = int(network.labels(pixels[np.newaxis])[0])
    return Question(
        pixels,
        truth=_whole(found, "truth", 0, 9, label),
        alpha=float(alpha),
        steps=_whole(found, "steps", 1, MOST_STEPS, STEPS),
        weight=_weight(found["weight"], network.layers) if "weight" in found else None,
    )


def nodes_asked_for(
    found: Mapping[str, Any], layers: Sequence[int]
) -> list[int | None]:
    """Of each hidden layer the number of a node, None for any. Raises BadRequest."""
    hidden = enumerate(layers[1:-1], 1)
    return [_whole(found, f"node{i}", 0, size - 1, None) for i, size in hidden]


def sample_asked_for(found: Mapping[str, Any]) -> int | None:
    """The number of one of the digits that come with the service. Raises BadRequest."""
    last = len(other_digits().labels) - 1
    sample: int | None = _whole(found, "sample", 0, last, None)
    return sample


@dataclass(frozen=True)
class Form:
    """What the page's form holds.

    Attributes:
        fields: version, truth, alpha, steps, sample and weight, as JSON would have
            them; and node1, node2 ..., a node of each hidden layer to look at.
        image: a picture that was chosen. drawn: pixels (784,) of one chosen earlier.
    """

    fields: dict[str, Any]
    image: Upload | None
    drawn: NDArray[np.uint8] | None


def read_form(request: Request, max_bytes: int) -> Form:
    """The page's form. Raises BadRequest, Refused, RequestEntityTooLarge."""
    body = read_body(request.environ, max_bytes)
    parts = parts_of(body, request.content_type or "", _MOST_FIELDS)
    image = None
    texts = {}
    for part in parts:
        if part.name == "image":
            image = from_part(part) if part.content else None
        else:
            texts[part.name or ""] = part.content.decode("utf-8", "replace").strip()
    given: dict[str, Any] = {
        name: _number(name, text)
        for name, text in texts.items()
        if text and _FIELD.fullmatch(name)
    }
    for name in [name for name in given if name.startswith(_FOLLOW)]:
        given[name.removeprefix(_FOLLOW)] = given.pop(name)  # a button, not the field
    weight = {name: given.pop(name) for name in _OF_WEIGHT if name in given}
    if weight:
        given["weight"] = weight
    return Form(given, image, _drawn(texts.get("drawn", "")))


def _number(name: str, text: str) -> int | float | str:
    """The number in a text; the text itself, which a check refuses, if it is none."""
    try:
        return float(text) if name == "alpha" else int(text)
    except ValueError:
        return text


def _drawn(text: str) -> NDArray[np.uint8] | None:
    pixels = np.frombuffer(decode_base64(text), np.uint8)
    if len(pixels) not in {0, 784}:
        raise BadRequest("drawn is not 784 bytes in base64")
    return pixels if len(pixels) else None


def _weight(found: Any, layers: list[int]) -> tuple[int, int, int]:
    if not isinstance(found, dict):
        raise BadRequest("weight is not an object of layer, row and column")
    layer = _whole(found, "layer", 1, len(layers) - 1, len(layers) - 1)
    row = _whole(found, "row", 0, layers[layer - 1] - 1, 0)
    return layer, row, _whole(found, "column", 0, layers[layer] - 1, 0)


def _whole(
    found: Mapping[str, Any], name: str, low: int, high: int, usual: int | None
) -> Any:
    value = found.get(name, usual)
    if value is usual:
        return usual
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(f"{name} is not a whole number")
    if not low <= value <= high:
        raise BadRequest(f"{name} is not from {low} to {high}")
    return value
