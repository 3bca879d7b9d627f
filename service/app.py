"""The application: its parts wired together, and every answer counted."""

import time

from flask import Flask, Response, g, request

from energy import WORLD_GRAMS_PER_KWH, Meter
from energy.node import NodeLedger
from model_store import ModelStore
from service import metrics
from service.batch import batch
from service.body import BodyReader
from service.catalog import Catalog
from service.config import ServiceConfig
from service.current_model import CurrentModel
from service.errors import register_errors
from service.ledger import EnergyLedger
from service.routes import Parts, routes
from service.slow_senders import SlowSenders
from service.v2.routes import v2
from service.versions import Versions

_PATIENCE_S = 10.0
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def create_app(
    config: ServiceConfig,
    meter: Meter,
    node: NodeLedger | None = None,
    grams_per_kwh: float = WORLD_GRAMS_PER_KWH,
) -> Flask:
    """A Flask application whose parts are in `app.extensions["digits"]`.

    Nothing runs in the background yet: the caller lets `models.refresh`, `ledger.tick`
    and `slow_senders.cut_off_late` happen now and then.
    """
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    store = ModelStore(config.store, config.state)
    catalog = Catalog(store)
    app.extensions["digits"] = Parts(
        config=config,
        models=CurrentModel(store),
        catalog=catalog,
        versions=Versions(store, catalog),
        ledger=EnergyLedger(meter, node),
        bodies=BodyReader(config.max_upload_bytes, SlowSenders(_PATIENCE_S)),
        grams_per_kwh=grams_per_kwh,
    )
    for blueprint in (routes, batch, v2):
        app.register_blueprint(blueprint)
    register_errors(app)
    app.before_request(_begin)
    app.after_request(_count)
    return app


def _begin() -> None:
    g.began = time.perf_counter()
    g.cpu_began = time.thread_time()


def _count(response: Response) -> Response:
    """Count an answer before any of it is sent, so that a scrape sees it."""
    method = request.method if request.method in _METHODS else "other"
    route = request.url_rule.rule if request.url_rule else "unmatched"
    metrics.HTTP_REQUESTS.labels(method, route, response.status_code).inc()
    metrics.HTTP_SECONDS.labels(route).observe(time.perf_counter() - g.began)
    return response
