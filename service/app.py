"""The application: its parts wired together."""

from flask import Flask, request

from energy import WORLD_GRAMS_PER_KWH, Meter
from energy.node import NodeLedger
from model_store import ModelStore
from service.batch import batch
from service.body import BodyReader
from service.catalog import Catalog
from service.config import ServiceConfig
from service.current_model import CurrentModel
from service.errors import register_errors
from service.front import ROUTE, Front
from service.ledger import EnergyLedger
from service.parts import Parts
from service.predict_one import PredictOne
from service.routes import routes
from service.slow_senders import SlowSenders
from service.v2.routes import v2
from service.versions import Versions

_PATIENCE_S = 10.0


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
    app.extensions["digits"] = parts = Parts(
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
    app.before_request(_name_route)
    app.wsgi_app = Front(app.wsgi_app, PredictOne(parts))  # type: ignore[method-assign]
    return app


def _name_route() -> None:
    """Tell the front door which rule the path matches."""
    if request.url_rule:
        request.environ[ROUTE] = request.url_rule.rule
