"""The addresses of the service that Flask answers."""

import time
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from feedback.corrections.records import Waiting
from model_store import Card, Model, ModelStore, StoreUnavailable
from model_store.decisions.records import Decision
from service.serving.current_model import CurrentModel
from service.telemetry.logged_response import COUNTED_VERSION, MODEL_VERSION
from service.telemetry.scrape.canary_verdict import canary_verdict
from service.telemetry.scrape.exposition import energy_per_prediction, exposition
from service.telemetry.scrape.gauges import Gauges
from service.web.events import last_events
from service.web.predict import CPU_BEGAN
from service.web.services import ready_model, services

_EVENTS = 100  # the last ones, which a page can show

routes = Blueprint("routes", __name__)


@routes.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "alive"}


@routes.get("/readyz")
def ready() -> ResponseReturnValue:
    """A model is loaded, and the service goes on; else 503 says why not."""
    return {
        "status": "ready",
        "model": {"version": ready_model().version},
        "pinned": services().models.pinned,
    }


@routes.get("/models")
def list_models() -> ResponseReturnValue:
    """Every valid version, which one is served, and how that came about."""
    store, models = services().store, services().models
    cards, withdrawn = services().catalog.cards(), store.withdrawals.all()
    return {
        "models": [
            {**_summary(version, card), "withdrawn": version in withdrawn}
            for version, card in cards.items()
        ],
        "served": models.loaded.version if models.loaded else None,
        "pinned": models.pinned,
        "canary": _canary(models),
        "events": [event.to_dict() for event in last_events(cards, _EVENTS)],
    }


@routes.get("/models/<int(max=999999999):version>")
def show_model(version: int) -> ResponseReturnValue:
    """A version's whole metadata, and what its predictions cost."""
    card = services().catalog.card(version)
    spent = energy_per_prediction(version, card, services().ledger.source)
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
        services().models.all_loaded,
        services().models.pinned,
        services().ledger.info,
        services().grams_per_kwh,
        services().models.share if services().models.canary else None,
        _decisions(services().store),
        _waiting(),
    )
    return Response(exposition(gauges), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _canary(models: CurrentModel) -> dict[str, Any] | None:
    """The canary, its share, and how it does beside the served version."""
    if not (models.share and models.canary and models.loaded):
        return None
    waiting = _waiting()
    verdict = canary_verdict(
        models.canary.version, models.loaded.version, waiting.usage if waiting else {}
    )
    return {**models.share.to_dict(), **verdict}


def _waiting() -> Waiting | None:
    """What is known of corrections; None if they are off, or their database is away."""
    return services().desk.waiting() if services().token_key.is_on else None


def _decisions(store: ModelStore) -> list[Decision]:
    """Who chose what; nothing while the state cannot be read: a scrape goes on."""
    try:
        return store.choice.decisions.all()
    except StoreUnavailable:
        return []


def pick_model() -> Model:
    """The model that answers the current request, which is counted for it.

    Raises NoModel.
    """
    return counted_for(services().models.pick())


def counted_for(model: Model) -> Model:
    """Let the current request be counted for this version, however it is answered."""
    request.environ[COUNTED_VERSION] = model.version
    return model


def record_energy(model: Model, predictions: int) -> dict[str, Any] | None:
    """Charge this request, so far, to the predictions that the model made.

    Returns what all of them together cost, for the answer; None without a source.
    """
    request.environ[MODEL_VERSION] = model.version
    cpu_seconds = time.thread_time() - request.environ[CPU_BEGAN]
    return services().ledger.charge(model.version, cpu_seconds, predictions)


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
