"""The application: its parts wired together, and every answer counted."""

import time

from flask import Flask, Response, g, request

from energy import WORLD_GRAMS_PER_KWH, Meter
from energy.node import NodeLedger
from model_store import ModelStore
from service import metrics
from service.answer import Answer
from service.body import BodyReader
from service.catalog import Catalog
from service.config import ServiceConfig
from service.current_model import CurrentModel
from service.description import description
from service.errors import register_errors
from service.journal import Journal
from service.ledger import EnergyLedger
from service.log import write_request
from service.routes import MODEL_VERSION, Parts, parts, routes
from service.slow_senders import SlowSenders
from service.spans import NoSpans, Spans

_PATIENCE_S = 10.0
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def create_app(
    config: ServiceConfig,
    meter: Meter,
    node: NodeLedger | None = None,
    grams_per_kwh: float = WORLD_GRAMS_PER_KWH,
    spans: Spans | None = None,
) -> Flask:
    """A Flask application whose parts are in `app.extensions["digits"]`.

    Nothing runs in the background yet: the caller lets `models.refresh`, `ledger.tick`
    and `slow_senders.cut_off_late` happen now and then.
    """
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    store = ModelStore(config.store, config.state)
    app.extensions["digits"] = Parts(
        config=config,
        models=CurrentModel(store),
        catalog=Catalog(store),
        ledger=EnergyLedger(meter, node),
        bodies=BodyReader(config.max_upload_bytes, SlowSenders(_PATIENCE_S)),
        grams_per_kwh=grams_per_kwh,
        journal=Journal(
            spans or NoSpans(), write_request if config.log_format == "json" else None
        ),
    )
    app.register_blueprint(routes)
    app.register_blueprint(description)
    register_errors(app)
    app.before_request(_begin)
    app.after_request(_count)
    return app


def _begin() -> None:
    g.began = time.perf_counter()
    g.cpu_began = time.thread_time()
    g.headers = parts().journal.begin(request.environ)


def _count(response: Response) -> Response:
    """Count an answer before any of it is sent, so that a scrape sees it."""
    method = request.method if request.method in _METHODS else "other"
    route = request.url_rule.rule if request.url_rule else "unmatched"
    metrics.HTTP_REQUESTS.labels(method, route, response.status_code).inc()
    seconds = time.perf_counter() - g.began
    metrics.HTTP_SECONDS.labels(route).observe(seconds)
    response.headers.extend(g.headers)
    size, version = response.content_length, request.environ.get(MODEL_VERSION)
    answer = Answer(method, route, response.status_code, size, seconds, version)
    parts().journal.end(request.environ, answer)
    return response
