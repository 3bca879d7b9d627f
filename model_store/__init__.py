"""What a digit model is, and where its versions live."""

from model_store.card import Card
from model_store.errors import (
    BrokenPin,
    CorruptModel,
    InvalidNetwork,
    ModelNotFound,
    StoreError,
    StoreUnavailable,
)
from model_store.network import Network
from model_store.store import Model, ModelStore

__version__ = "0.1.0"

__all__ = [
    "BrokenPin",
    "Card",
    "CorruptModel",
    "InvalidNetwork",
    "Model",
    "ModelNotFound",
    "ModelStore",
    "Network",
    "StoreError",
    "StoreUnavailable",
]
