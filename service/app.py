"""The application: its services wired together."""

from flask import Flask, current_app, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule

from energy import WORLD_GRAMS_PER_KWH, Meter
from energy.node import NodeLedger
from model_store import AllowList, open_store
from service.access.admission import Admission
from service.access.keys import Keys, KeySource
from service.access.shared_counts import Counts
from service.config import ServiceConfig
from service.corrections.desk import Desk
from service.corrections.token_key import TokenKey
from service.image import ImageRejected
from service.serving.catalog import Catalog
from service.serving.current_model import CurrentModel
from service.telemetry.access_log import AccessLog
from service.telemetry.energy_ledger import EnergyLedger
from service.telemetry.log import write_request
from service.telemetry.metrics import begin_counters, route_label
from service.telemetry.tracing import NoTracer, Tracer
from service.web.admin import admin
from service.web.batch import batch
from service.web.description import description
from service.web.errors import register_errors
from service.web.feedback import feedback
from service.web.middleware import ROUTE, Middleware
from service.web.pages.register import register_pages
from service.web.read import read
from service.web.review import review
from service.web.routes import routes
from service.web.services import Services
from service.web.v1 import v1
from service.web.v2.routes import v2

_BLUEPRINTS = (
    routes, batch, read, v1, v2, admin, feedback, review, description,
)  # fmt: skip


def create_app(
    config: ServiceConfig,
    meter: Meter,
    node: NodeLedger | None = None,
    grams_per_kwh: float = WORLD_GRAMS_PER_KWH,
    counts: Counts | None = None,
    tracer: Tracer | None = None,
) -> Flask:
    """A Flask application whose services are in `app.extensions["digits"]`.

    Nothing runs in the background yet: the caller lets `models.refresh`, `ledger.tick`,
    `admission.refresh` and `token_key.refresh` happen now and then. The counts of
    config.rate_limit are the caller's, too, as workers share them.
    """
    app = Flask("service.web.pages", static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True  # fewer blank lines
    app.url_map.merge_slashes = False  # /predict//batch is no address, nor a redirect
    allow_list = AllowList(config.model_allowlist) if config.model_allowlist else None
    store = open_store(config.store, config.state, allow_list, config.looks_every_s)
    ledger = EnergyLedger(meter, node)
    begin_counters(class_.reason for class_ in ImageRejected.__subclasses__())
    app.extensions["digits"] = services = Services(
        config=config,
        admission=Admission(_keys(config.api_keys), _keys(config.admin_token), counts),
        store=store,
        models=CurrentModel(store, config.canary, source=ledger.source),
        catalog=Catalog(store, ledger.source),
        ledger=ledger,
        grams_per_kwh=grams_per_kwh,
        access_log=AccessLog(
            tracer or NoTracer(), write_request if config.log_format == "json" else None
        ),
        token_key=TokenKey(config.feedback, config.feedback_secret, config.state),
        desk=Desk(config.database_url, config.state),
    )
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    # Answered by the middleware; here for its 405, its OPTIONS and its name in metrics.
    app.add_url_rule("/predict", "predict", methods=["POST"])
    register_pages(app)
    register_errors(app)
    app.before_request(_name_route)
    app.before_request(lambda: services.admission.check(request.environ))
    app.wsgi_app = Middleware(app.wsgi_app, services)  # type: ignore[method-assign]
    return app


def _keys(source: KeySource | None) -> Keys | None:
    if source is None:
        return None
    keys = Keys(source)
    keys.refresh()
    return keys


def _name_route() -> None:
    """Tell the middleware which rule the path matches."""
    if rule := _rule():
        request.environ[ROUTE] = route_label(rule.rule)


def _rule() -> Rule | None:
    """The rule that the path matches, be it by another method."""
    error, router = request.routing_exception, current_app.create_url_adapter(request)
    if not isinstance(error, MethodNotAllowed) or not router or not error.valid_methods:
        return request.url_rule
    return router.match(method=next(iter(error.valid_methods)), return_rule=True)[0]
