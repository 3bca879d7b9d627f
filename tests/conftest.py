"""What the tests of several packages share: a place with a store, a small network."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from model_store import Card, ModelStore, Network
from tests.support.commands import Place
from tests.support.environment import ROOT

# A busy machine is no failure, and a minute for all tests is enough.
settings.register_profile("patient", deadline=None, max_examples=50)
settings.load_profile("patient")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Compile the trainer's loops once, which each of the processes would do else.

    numba keeps them beside the modules, but two processes that compile the same
    function at the same time may also spoil each other's index of what is there.
    """
    program = (sys.executable, "-m", "tests.support.preloaded")
    subprocess.run(program, cwd=ROOT, check=True)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty store and the programs that use it."""
    return Place(tmp_path)


@pytest.fixture
def store(place: Place) -> ModelStore:
    """The empty store of the place."""
    return place.store


@pytest.fixture(scope="session")
def network() -> Network:
    """A network of 784, 6 and 10 nodes that has learnt nothing."""
    rng = np.random.default_rng(3)
    return Network(
        weights=(
            rng.normal(size=(784, 6)).astype(np.float32),
            rng.normal(size=(6, 10)).astype(np.float32),
        ),
        biases=(np.zeros(6, np.float32), np.zeros(10, np.float32)),
        activation_names=("relu", "softmax"),
    )


@pytest.fixture(scope="session")
def card(network: Network) -> Card:
    """The metadata of that network, as if it had learnt from MNIST."""
    return Card(
        created="2026-01-02T03:04:05+00:00",
        layers=network.layers,
        activations=list(network.activation_names),
        loss="cross-entropy",
        data={"source": "mnist"},
        metrics={"test_accuracy": 0.1},
    )


@pytest.fixture(scope="session")
def mnist() -> Path:
    """The directory of the full MNIST beside the repository, where there is one."""
    directory = ROOT.parent / "shared" / "data" / "MNIST"
    if not (directory / "MNIST_train.csv.gz").exists():
        pytest.skip(f"the full MNIST is not here: no {directory}")
    return directory
