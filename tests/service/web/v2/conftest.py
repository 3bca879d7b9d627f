"""What the protocol's tests share: one service for those that change nothing in it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from energy import EnergySettings, open_meter
from model_store import Model, ModelStore
from service.app import create_app
from service.config import ServiceConfig
from service.web.services import Services


@pytest.fixture(scope="module")
def steady_client(
    tmp_path_factory: pytest.TempPathFactory, publish: Callable[..., Model]
) -> FlaskClient:
    """A client of a service that serves version 1, made once for the module."""
    root = tmp_path_factory.mktemp("steady")
    publish(ModelStore(root, root))
    environ = {"DIGITS_STORE": str(root), "DIGITS_STATE": str(root)}
    meter = open_meter(EnergySettings(source="none"))
    app = create_app(ServiceConfig.from_environ(environ), meter)
    services: Services = app.extensions["digits"]
    services.models.refresh()
    return app.test_client()
