"""POST /predict: from the request's environ to the bytes of the answer."""

import json
import time
from typing import Any
from urllib.parse import parse_qs

from model_store import Model
from service.image import DigitImage, png_data_url
from service.serving.prediction import predict
from service.serving.saliency import saliency_picture
from service.telemetry.logged_response import MODEL_VERSION
from service.web.services import Parts
from service.web.upload import read_image


class PredictOne:
    """Answers one image with its label and the output vector; see docs/api.md."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._span = parts.access_log.tracer.span

    def __call__(self, environ: dict[str, Any], cpu_began: float) -> bytes:
        """The JSON text of the answer to a request that began at that CPU time.

        Raises what `service.errors` has answers for, all of it the client's doing but
        NoModel.
        """
        model = self._parts.models.pick()
        upload = read_image(environ, self._parts.bodies.read(environ))
        with self._span("decode"):
            image = upload.digit(self._parts.config.max_pixels)
        with self._span("predict"):
            (prediction,) = predict(model, image.pixels[None])
        environ[MODEL_VERSION] = model.version
        document = prediction.to_dict() | {"model": {"version": model.version}}
        if image.warnings:
            document["warnings"] = list(image.warnings)
        if query := environ.get("QUERY_STRING"):
            document |= _asked_for(query, model, image, prediction.label)
        document["energy"] = self._parts.ledger.charge(
            model.version, time.thread_time() - cpu_began
        )
        return json.dumps(document).encode()


def _asked_for(
    query: str, model: Model, image: DigitImage, label: int
) -> dict[str, Any]:
    """What the query asks to be shown besides, as pictures."""
    asked, shown = parse_qs(query), {}
    if asked.get("preview") == ["1"]:
        shown["input"] = png_data_url(image.pixels)
    if asked.get("explain") == ["1"]:
        shown["explanation"] = saliency_picture(model.network, image.pixels, label)
    return shown
