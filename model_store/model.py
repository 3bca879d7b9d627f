"""A version as it was read from the store."""

from dataclasses import dataclass

from model_store.card import Card
from model_store.network import Network


@dataclass(frozen=True)
class Model:
    """One stored version, read and checked.

    Attributes:
        sha256: of its file, if the store has an allow list.
        published: when its file was written, in seconds since 1970.
    """

    version: int
    network: Network
    card: Card
    sha256: str | None = None
    published: float | None = None
