"""What the service's tests share: a small model, an application, a real process."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from prometheus_client.registry import REGISTRY

from energy import EnergySettings, open_meter
from model_store import Card, Model, ModelStore, Network
from service.access.client_counts import ClientCounts
from service.app import create_app
from service.config import ServiceConfig
from service.web import predict as predict_module
from service.web.services import Services
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.stores import root_of
from tests.support.waiting import wait_until


def _network(seed: int) -> Network:
    rng = np.random.default_rng(seed)
    return Network(
        weights=(
            rng.normal(0, 0.1, (784, 16)).astype(np.float32),
            rng.normal(0, 1, (16, 10)).astype(np.float32),
        ),
        biases=(np.zeros(16, np.float32), np.zeros(10, np.float32)),
        activation_names=("sigmoid", "softmax"),
    )


def _card(network: Network, **facts: Any) -> Card:
    return Card(
        layers=network.layers,
        activations=list(network.activation_names),
        loss="cross-entropy",
        **{
            "created": "2026-01-02T03:04:05+00:00",
            "data": {"source": "mnist"},
            **facts,
        },
    )


@pytest.fixture(scope="session")
def publish() -> Callable[..., Model]:
    """Publish a 784-16-10 network with random weights; keywords go into its card."""

    def publish(store: ModelStore, seed: int = 0, **facts: Any) -> Model:
        network = _network(seed)
        return store.load(store.publish(network, _card(network, **facts)))

    return publish


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """An empty store."""
    return ModelStore(tmp_path / "models", tmp_path / "state")


@pytest.fixture
def application(tmp_path: Path) -> Callable[..., Flask]:
    """Make an application over the test's store; keywords are further settings."""

    def application(**settings: str) -> Flask:
        environ = {
            "DIGITS_STORE": str(tmp_path / "models"),
            "DIGITS_STATE": str(tmp_path / "state"),
            "DIGITS_ENERGY_SOURCE": "estimate",
            **settings,
        }
        meter = open_meter(EnergySettings.from_environ(environ))
        config = ServiceConfig.from_environ(environ)
        rate = config.rate_limit
        counts = ClientCounts(rate, tmp_path / "client-counts") if rate else None
        return create_app(config, meter, counts=counts)

    return application


@pytest.fixture
def app(application: Callable[..., Flask]) -> Flask:
    """An application with default settings, over an empty store."""
    return application()


@pytest.fixture
def services(app: Flask) -> Services:
    """The services of the application."""
    found: Services = app.extensions["digits"]
    return found


@pytest.fixture
def bare_client(app: Flask) -> FlaskClient:
    """A client of a service that has no model yet."""
    return app.test_client()


@pytest.fixture
def model(
    store: ModelStore, services: Services, publish: Callable[..., Model]
) -> Model:
    """Version 1, published and loaded; the energy ledger has ticked once."""
    model = publish(store, metrics={"temperature": 2.0})
    services.models.refresh()
    services.token_key.refresh()
    services.ledger.tick()
    return model


@pytest.fixture
def client(bare_client: FlaskClient, model: Model) -> FlaskClient:
    """A client of a service that serves version 1."""
    return bare_client


@pytest.fixture
def client_with(
    application: Callable[..., Flask], store: ModelStore, publish: Callable[..., Model]
) -> Callable[..., FlaskClient]:
    """A client of a service with one more version and the settings of the keywords."""

    def client_with(**settings: str) -> FlaskClient:
        publish(store)
        app = application(**settings)
        services: Services = app.extensions["digits"]
        services.models.refresh()
        services.token_key.refresh()
        services.ledger.tick()
        return app.test_client()

    return client_with


@pytest.fixture
def report(store: ModelStore) -> Path:
    """What a trainer leaves of version 1 beside it, and what it does not."""
    directory = root_of(store) / "reports" / "000001"
    directory.mkdir(parents=True)
    (directory / "index.html").write_text("<style>p { margin: 0 }</style><p>Hello")
    (directory / "learning.png").write_bytes(b"\x89PNG")
    (directory / "results.json").write_text("{}")
    (directory / "secret.npz").touch()
    (directory / ".hidden.png").touch()
    (root_of(store) / "models.json").write_text("{}")
    return directory


@pytest.fixture
def fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every prediction fails, as if the code of the service were wrong."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(predict_module, "predict", fail)


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A PNG of a digit, dark on white, of 60 x 60 pixels: small ones are fast."""
    with Image.open(io.BytesIO(digits.picture(3))) as image:
        return digits.png(image.resize((60, 60)))


@pytest.fixture
def grown() -> Callable[..., float]:
    """How much a sample of this process's metrics has grown since the test began."""

    def value(name: str, labels: dict[str, str]) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    before = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
    }

    def grown(name: str, **labels: object) -> float:
        texts = {label: str(text) for label, text in labels.items()}
        return value(name, texts) - before.get((name, frozenset(texts.items())), 0.0)

    return grown


@pytest.fixture(scope="session")
def place(
    tmp_path_factory: pytest.TempPathFactory, publish: Callable[..., Model]
) -> Installation:
    """An installation with version 1 in its store; the session shares it."""
    place = Installation(tmp_path_factory.mktemp("service"))
    publish(ModelStore(place.store, place.root / "state"))
    return place


@pytest.fixture(scope="session")
def service(place: Installation) -> Iterator[Service]:
    """A ready service of two real workers; a test may kill a worker, not the master."""
    with place.serving() as service:
        wait_until("the service is ready", service.is_ready)
        yield service
