"""What the service's tests share: a small model, an application, a real process."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.registry import REGISTRY

from energy import EnergySettings, open_meter
from model_store import Card, Model, ModelStore, Network
from service.app import create_app
from service.config import ServiceConfig
from service.routes import Parts
from tests.e2e import digits
from tests.e2e.programs import Installation, Service
from tests.e2e.waiting import wait_until


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
        created="2026-01-02T03:04:05+00:00",
        layers=network.layers,
        activations=list(network.activation_names),
        loss="cross-entropy",
        **{"data": {"source": "mnist"}, **facts},
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
def config(tmp_path: Path) -> ServiceConfig:
    """The default settings, for the store of the test."""
    defaults = ServiceConfig.from_environ({})
    return dataclasses.replace(
        defaults, store=tmp_path / "models", state=tmp_path / "state"
    )


@pytest.fixture
def app(config: ServiceConfig) -> Flask:
    """An application over an empty store, with estimated joules."""
    return create_app(config, open_meter(EnergySettings(source="estimate")))


@pytest.fixture
def parts(app: Flask) -> Parts:
    """The parts of the application."""
    found: Parts = app.extensions["digits"]
    return found


@pytest.fixture
def bare_client(app: Flask) -> FlaskClient:
    """A client of a service that has no model yet."""
    return app.test_client()


@pytest.fixture
def model(store: ModelStore, parts: Parts, publish: Callable[..., Model]) -> Model:
    """Version 1, published and loaded; the energy ledger has ticked once."""
    model = publish(store, metrics={"temperature": 2.0})
    parts.models.refresh()
    parts.ledger.tick()
    return model


@pytest.fixture
def client(bare_client: FlaskClient, model: Model) -> FlaskClient:
    """A client of a service that serves version 1."""
    return bare_client


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A PNG of a digit, dark on white."""
    return digits.picture(3)


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
    """A ready service of two real workers; no test may end or starve it."""
    with place.serving() as service:
        wait_until("the service is ready", service.is_ready)
        yield service
