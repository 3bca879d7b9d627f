"""The application: its parts wired together, and every answer counted."""

import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, g, request

from energy import WORLD_GRAMS_PER_KWH, Meter
from energy.node import NodeLedger
from model_store import AllowList, ModelStore
from service import metrics
from service.admin import admin
from service.admission import Admission
from service.body import BodyReader
from service.catalog import Catalog
from service.client_counts import ClientCounts
from service.config import ServiceConfig
from service.current_model import CurrentModel
from service.errors import register_errors
from service.keys import Keys, KeySource
from service.ledger import EnergyLedger
from service.proxies import TrustedProxies
from service.routes import Parts, parts, routes
from service.security_headers import add_security_headers
from service.slow_senders import SlowSenders

_PATIENCE_S = 10.0
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def create_app(
    config: ServiceConfig,
    meter: Meter,
    node: NodeLedger | None = None,
    grams_per_kwh: float = WORLD_GRAMS_PER_KWH,
    counts: ClientCounts | None = None,
) -> Flask:
    """A Flask application whose parts are in `app.extensions["digits"]`.

    Nothing runs in the background yet: the caller lets `models.refresh`, `ledger.tick`,
    `admission.refresh` and `slow_senders.cut_off_late` happen now and then. The counts
    of config.rate_limit are the caller's, too, as workers share them.
    """
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    allow_list = AllowList(config.model_allowlist) if config.model_allowlist else None
    store = ModelStore(config.store, config.state, allow_list)
    app.extensions["digits"] = Parts(
        config=config,
        admission=Admission(_keys(config.api_keys), _keys(config.admin_token), counts),
        store=store,
        models=CurrentModel(store, config.canary),
        catalog=Catalog(store),
        ledger=EnergyLedger(meter, node),
        bodies=BodyReader(config.max_upload_bytes, SlowSenders(_PATIENCE_S)),
        grams_per_kwh=grams_per_kwh,
    )
    app.register_blueprint(routes)
    app.register_blueprint(admin)
    register_errors(app)
    app.before_request(_begin)
    app.before_request(_admit)
    app.after_request(_count)
    app.after_request(_secure)
    app.wsgi_app = _behind_proxies(app.wsgi_app, config.trusted_proxies)  # type: ignore[method-assign, assignment]
    return app


def _keys(source: KeySource | None) -> Keys | None:
    if source is None:
        return None
    keys = Keys(source)
    keys.refresh()
    return keys


def _behind_proxies(app: WSGIApplication, proxies: TrustedProxies) -> WSGIApplication:
    def believing(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        proxies.apply(environ)
        return app(environ, start)

    return believing


def _begin() -> None:
    g.began = time.perf_counter()
    g.cpu_began = time.thread_time()


def _admit() -> None:
    parts().admission.check(request.environ)


def _secure(response: Response) -> Response:
    add_security_headers(response.headers)
    return response


def _count(response: Response) -> Response:
    """Count an answer before any of it is sent, so that a scrape sees it."""
    method = request.method if request.method in _METHODS else "other"
    route = request.url_rule.rule if request.url_rule else "unmatched"
    metrics.HTTP_REQUESTS.labels(method, route, response.status_code).inc()
    metrics.HTTP_SECONDS.labels(route).observe(time.perf_counter() - g.began)
    return response
