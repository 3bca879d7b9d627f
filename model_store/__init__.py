"""What a digit model is, and where its versions live."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from model_store.card import Card
from model_store.decisions.canary import Canary
from model_store.decisions.records import Author
from model_store.errors import (
    BrokenPin,
    CorruptModel,
    InvalidNetwork,
    ModelNotAllowed,
    ModelNotFound,
    ModelWithdrawn,
    NewerVersion,
    StoreError,
    StoreUnavailable,
)
from model_store.files.allow_list import AllowList

if TYPE_CHECKING:
    from model_store.model import Model
    from model_store.network import Network
    from model_store.opening import open_store
    from model_store.store import ModelStore

__version__ = "0.1.0"

__all__ = [
    "AllowList",
    "Author",
    "BrokenPin",
    "Canary",
    "Card",
    "CorruptModel",
    "InvalidNetwork",
    "Model",
    "ModelNotAllowed",
    "ModelNotFound",
    "ModelStore",
    "ModelWithdrawn",
    "Network",
    "NewerVersion",
    "StoreError",
    "StoreUnavailable",
    "open_store",
]

# Loaded when they are asked for (PEP 562): they need numpy, which takes as long to load
# as all else that a command needs to check its arguments.
_WITH_NUMPY = {
    "Model": "model",
    "ModelStore": "store",
    "Network": "network",
    "open_store": "opening",
}


def __getattr__(name: str) -> Any:
    if name not in _WITH_NUMPY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_NUMPY[name]}"), name)
