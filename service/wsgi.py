"""What each gunicorn worker calls: the environment becomes a running application."""

import os
from pathlib import Path

from flask import Flask
from PIL import Image

from energy import EnergySettings, open_meter
from energy.node import NodeLedger
from service.access.client_counts import ClientCounts
from service.access.shared_counts import Counts, SharedCounts
from service.app import create_app
from service.config import ServiceConfig
from service.telemetry.background import every
from service.telemetry.log import set_up_logging
from service.telemetry.tracing import open_tracer
from service.web.services import Services

_TICK_S = 1.0


def application() -> Flask:
    """The application with a model, if there is one, and its background work."""
    config = ServiceConfig.from_environ(os.environ)
    # Some of Pillow's decoders take memory for a picture before we see its size; they
    # refuse what has more than twice as many pixels as this.
    Image.MAX_IMAGE_PIXELS = config.max_pixels // 2
    set_up_logging(config.log_format)
    energy = EnergySettings.from_environ(os.environ)
    meter = open_meter(energy)
    shared = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    node = NodeLedger(shared / "node.lock", meter)
    counts = _counts(config, shared)
    tracer = open_tracer(os.environ)
    app = create_app(config, meter, node, energy.carbon_grams_per_kwh, counts, tracer)
    services: Services = app.extensions["digits"]
    services.models.refresh()
    services.token_key.refresh()
    services.ledger.tick()
    every(config.reloads_every_s, services.models.refresh, "reload")
    every(config.looks_every_s, services.admission.refresh, "keys")
    every(config.looks_every_s, services.token_key.refresh, "token key")
    every(_TICK_S, services.ledger.tick, "energy")
    return app


def _counts(config: ServiceConfig, shared: Path) -> Counts | None:
    if config.rate_limit is None:
        return None
    local = ClientCounts(config.rate_limit, shared / "client-counts")
    url = config.rate_limit_storage
    return SharedCounts(url, local) if url else local
