"""What a digit model is, and where its versions live."""

from model_store.allow_list import AllowList
from model_store.card import Card
from model_store.errors import (
    BrokenPin,
    CorruptModel,
    InvalidNetwork,
    ModelNotAllowed,
    ModelNotFound,
    StoreError,
    StoreUnavailable,
)
from model_store.network import Network
from model_store.store import Model, ModelStore

__version__ = "0.1.0"

__all__ = [
    "AllowList",
    "BrokenPin",
    "Card",
    "CorruptModel",
    "InvalidNetwork",
    "Model",
    "ModelNotAllowed",
    "ModelNotFound",
    "ModelStore",
    "Network",
    "StoreError",
    "StoreUnavailable",
]
