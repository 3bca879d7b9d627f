"""The addresses of the service that Flask answers."""

import time
from typing import Any, NoReturn

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from model_store import Card, Model
from service.telemetry.gauges import Gauges
from service.telemetry.logged_response import MODEL_VERSION
from service.telemetry.scrape import energy_per_prediction, exposition
from service.web.middleware import CPU_BEGAN, FAILURE
from service.web.services import Parts

routes = Blueprint("routes", __name__)


def parts() -> Parts:
    """The parts of the application that answers this request."""
    found: Parts = current_app.extensions["digits"]
    return found


@routes.post("/predict")
def predict_one() -> NoReturn:
    """Raise what the middleware carried here; it answers this address itself."""
    raise request.environ[FAILURE]


@routes.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "alive"}


@routes.get("/readyz")
def ready() -> ResponseReturnValue:
    """A model is loaded; else 503 says why not."""
    models = parts().models
    return {
        "status": "ready",
        "model": {"version": models.get().version},
        "pinned": models.pinned,
    }


@routes.get("/models")
def list_models() -> ResponseReturnValue:
    """Every valid version with its accuracy, the one served, and the one pinned."""
    served = parts().models.loaded
    return {
        "models": [_summary(*entry) for entry in parts().catalog.cards().items()],
        "served": served.version if served else None,
        "pinned": parts().models.pinned,
    }


@routes.get("/models/<int(max=999999999):version>")
def show_model(version: int) -> ResponseReturnValue:
    """A version's whole metadata, and what its predictions cost."""
    card = parts().catalog.card(version)
    spent = energy_per_prediction(version, card, parts().ledger.source)
    return {
        "version": version,
        **card.to_dict(),
        "calibrated": card.is_calibrated,
        "energy_per_prediction": spent,
    }


@routes.get("/metrics")
def scrape() -> ResponseReturnValue:
    """The metrics of all workers, for Prometheus."""
    gauges = Gauges(
        parts().models.all_loaded,
        parts().models.pinned,
        parts().ledger.info,
        parts().grams_per_kwh,
    )
    return Response(exposition(gauges), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@routes.get("/")
def start_page() -> ResponseReturnValue:
    """A page to upload an image with."""
    return render_template("index.html", model=parts().models.loaded)


def record_energy(model: Model, predictions: int) -> None:
    """Charge this request, so far, to the predictions that the model made."""
    request.environ[MODEL_VERSION] = model.version
    cpu_seconds = time.thread_time() - request.environ[CPU_BEGAN]
    parts().ledger.charge(model.version, cpu_seconds, predictions)


def _summary(version: int, card: Card) -> dict[str, Any]:
    return {
        "version": version,
        "created": card.created,
        "layers": card.layers,
        "test_accuracy": card.test_accuracy,
        "calibrated": card.is_calibrated,
        "data": card.data.get("source"),
        "joules": card.joules,
    }
