"""The best version, with which the gate compares and which prune keeps."""

from model_store.card import Card
from model_store.model import Model
from model_store.store import ModelStore


def best_version(store: ModelStore) -> Model | None:
    """The best valid version by its own metadata, whatever is pinned.

    Those that learnt from MNIST come first; of equals, the newest.
    Raises StoreUnavailable.
    """
    return max(store.valid(), key=lambda model: _rank(model.card), default=None)


def likely_accuracy(card: Card) -> float | None:
    """A version's accuracy by its metadata, careful where few rows were tested.

    As if four more rows had been tested, two of them right (Agresti and Coull 1998).
    """
    accuracy, rows = card.test_accuracy, card.test_rows
    if accuracy is None or not 0 <= accuracy <= 1:
        return None
    return (accuracy * rows + 2) / (rows + 4) if rows else accuracy


def _rank(card: Card) -> tuple[bool, float]:
    return not card.is_embedded, likely_accuracy(card) or 0.0
