"""The training job: data, SGD and backprop, evaluation, the gate, schedule, sweep.

The names below are the Python interface, which docs/python.md describes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model_store.backprop import LOSSES, Gradients, backprop
    from trainer.data.dataset import Dataset, one_hot
    from trainer.data.embedded import read_embedded
    from trainer.data.mnist_csv import read_csv
    from trainer.learning.evaluate import Evaluation, cost, evaluate
    from trainer.learning.first_weights import random_network
    from trainer.learning.per_sample import train_one_by_one
    from trainer.learning.sgd import Descent

__all__ = [
    "LOSSES",
    "Dataset",
    "Descent",
    "Evaluation",
    "Gradients",
    "backprop",
    "cost",
    "evaluate",
    "one_hot",
    "random_network",
    "read_csv",
    "read_embedded",
    "train_one_by_one",
]

# Loaded when they are asked for (PEP 562): pandas and numba take seconds to load, which
# `python -m trainer --help` should not wait for.
_MODULES = {
    "LOSSES": "model_store.backprop",
    "Dataset": "trainer.data.dataset",
    "Descent": "trainer.learning.sgd",
    "Evaluation": "trainer.learning.evaluate",
    "Gradients": "model_store.backprop",
    "backprop": "model_store.backprop",
    "cost": "trainer.learning.evaluate",
    "evaluate": "trainer.learning.evaluate",
    "one_hot": "trainer.data.dataset",
    "random_network": "trainer.learning.first_weights",
    "read_csv": "trainer.data.mnist_csv",
    "read_embedded": "trainer.data.embedded",
    "train_one_by_one": "trainer.learning.per_sample",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
