"""POST /predict: from the request's environ to the bytes of the answer."""

import json
import time
from typing import Any
from urllib.parse import parse_qs

from service.image import DigitImage, png_data_url
from service.parts import Parts
from service.prediction import predict
from service.upload import read_image


class PredictOne:
    """Answers one image with its label and the output vector; see docs/api.md."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def __call__(self, environ: dict[str, Any], cpu_began: float) -> bytes:
        """The JSON text of the answer to a request that began at that CPU time.

        Raises what `service.errors` has answers for, all of it the client's doing but
        NoModel.
        """
        model = self._parts.models.get()
        upload = read_image(environ, self._parts.bodies.read(environ))
        image = upload.digit(self._parts.config.max_pixels)
        (prediction,) = predict(model, image.pixels[None])
        document = prediction.document() | {"model": {"version": model.version}}
        if image.warnings:
            document["warnings"] = list(image.warnings)
        if query := environ.get("QUERY_STRING"):
            document |= _asked_for(query, image)
        document["energy"] = self._parts.ledger.charge(
            model.version, time.thread_time() - cpu_began
        )
        return json.dumps(document).encode()


def _asked_for(query: str, image: DigitImage) -> dict[str, Any]:
    """What the query asks to be shown besides."""
    if parse_qs(query).get("preview") == ["1"]:
        return {"input": png_data_url(image.pixels)}
    return {}
