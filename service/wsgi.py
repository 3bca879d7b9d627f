"""What each gunicorn worker calls: the environment becomes a running application."""

import logging
import os
from pathlib import Path

from flask import Flask

from energy import EnergySettings, open_meter
from energy.node import NodeLedger
from service.app import create_app
from service.background import every
from service.config import ServiceConfig
from service.parts import Parts

_TICK_S = 1.0
_CUT_OFF_S = 0.25
_LOG_FORMAT = "[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s"  # gunicorn's


def application() -> Flask:
    """The application with a model, if there is one, and its background work."""
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    config = ServiceConfig.from_environ(os.environ)
    energy = EnergySettings.from_environ(os.environ)
    meter = open_meter(energy)
    shared = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    node = NodeLedger(shared / "node.lock", meter)
    app = create_app(config, meter, node, energy.carbon_grams_per_kwh)
    parts: Parts = app.extensions["digits"]
    parts.models.refresh()
    parts.ledger.tick()
    every(config.reload_seconds, parts.models.refresh, "reload")
    every(_TICK_S, parts.ledger.tick, "energy")
    every(_CUT_OFF_S, parts.bodies.slow_senders.cut_off_late, "slow senders")
    return app
