"""The addresses of the service; each route decodes, predicts, encodes."""

import time
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from model_store import Card, Model
from service.body import BodyReader
from service.catalog import Catalog
from service.config import ServiceConfig
from service.current_model import CurrentModel
from service.image import (
    DigitImage,
    Undecodable,
    UnsupportedFormat,
    png_data_url,
    read_digit,
)
from service.journal import Journal
from service.ledger import EnergyLedger
from service.prediction import predict
from service.prediction_energy import energy_per_prediction
from service.scrape import Facts, exposition
from service.upload import Upload, read_image

routes = Blueprint("routes", __name__)

MODEL_VERSION = "digits.model_version"  # in the environ, once a model has answered


@dataclass(frozen=True)
class Parts:
    """What the routes work with, made once by create_app."""

    config: ServiceConfig
    models: CurrentModel
    catalog: Catalog
    ledger: EnergyLedger
    bodies: BodyReader
    grams_per_kwh: float
    journal: Journal


def parts() -> Parts:
    """The parts of the application that answers this request."""
    found: Parts = current_app.extensions["digits"]
    return found


@routes.post("/predict")
def predict_one() -> ResponseReturnValue:
    """The label and the output vector of one image; see docs/api.md."""
    model = parts().models.get()
    upload = read_image(request, parts().bodies.read(request))
    part = parts().journal.spans.part
    with part("decode"):
        image = _digit(upload, parts().config.max_pixels)
    with part("predict"):
        (prediction,) = predict(model, image.pixels[None])
    request.environ[MODEL_VERSION] = model.version
    document = prediction.document() | {
        "model": {"version": model.version},
        "energy": _energy(model),
    }
    if image.warnings:
        document["warnings"] = list(image.warnings)
    if request.args.get("preview") == "1":
        document["input"] = png_data_url(image.pixels)
    return document


@routes.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "alive"}


@routes.get("/readyz")
def ready() -> ResponseReturnValue:
    """A model is loaded; else 503 says why not."""
    return {"status": "ready", "model": {"version": parts().models.get().version}}


@routes.get("/models")
def list_models() -> ResponseReturnValue:
    """Every valid version with its accuracy, and which one is served."""
    served = parts().models.loaded
    return {
        "models": [_summary(*entry) for entry in parts().catalog.cards().items()],
        "served": served.version if served else None,
    }


@routes.get("/models/<int(max=999999999):version>")
def show_model(version: int) -> ResponseReturnValue:
    """A version's whole metadata, and what its predictions cost."""
    card = parts().catalog.card(version)
    spent = energy_per_prediction(version, card, parts().ledger.source)
    return {"version": version, **card.document(), "energy_per_prediction": spent}


@routes.get("/metrics")
def scrape() -> ResponseReturnValue:
    """The metrics of all workers, for Prometheus."""
    facts = Facts(parts().models.loaded, parts().ledger.info, parts().grams_per_kwh)
    return Response(exposition(facts), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@routes.get("/")
def start_page() -> ResponseReturnValue:
    """A page to upload an image with."""
    return render_template("index.html", model=parts().models.loaded)


def _digit(upload: Upload, max_pixels: int) -> DigitImage:
    try:
        return read_digit(upload.content, max_pixels)
    except UnsupportedFormat:
        if upload.announced:
            raise Undecodable("announced") from None
        raise


def _energy(model: Model) -> dict[str, Any] | None:
    """The joules of this request so far; they are counted at the next tick."""
    ledger = parts().ledger
    cpu_seconds = time.thread_time() - g.cpu_began
    ledger.record(model.version, cpu_seconds)
    joules = ledger.joules(cpu_seconds)
    return None if joules is None else {"joules": joules, "source": ledger.source}


def _summary(version: int, card: Card) -> dict[str, Any]:
    return {
        "version": version,
        "created": card.created,
        "layers": card.layers,
        "test_accuracy": card.test_accuracy,
        "data": card.data.get("source"),
        "joules": card.joules,
    }
