"""The model file: W1, b1, W2, b2, ... in float32 and the metadata, as one .npz."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.card import Card, InvalidCard
from model_store.errors import CorruptModel, InvalidNetwork
from model_store.files.arrays import Readable, Refused, arrays_in, content_of, text_of
from model_store.network import Network

# The notes' network is 2 MB. A file that claims more than this is refused unread.
MAX_BYTES = 256 * 2**20


def to_bytes(network: Network, card: Card) -> bytes:
    """The content of a model file; the parameters become float32."""
    arrays: dict[str, Any] = {"metadata": np.array(card.to_json())}
    for i, (weight, bias) in enumerate(
        zip(network.weights, network.biases, strict=True), start=1
    ):
        arrays[f"W{i}"] = weight.astype(np.float32)
        arrays[f"b{i}"] = bias.astype(np.float32)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def read(path: Readable) -> tuple[Network, Card]:
    """Read and check a model file; nothing in it is ever unpickled.

    Raises CorruptModel (with the first thing that is wrong), OSError.
    """
    return parse(path, content(path))


def content(path: Readable) -> bytes:
    """What a file holds that may be a model. Raises CorruptModel, OSError."""
    try:
        return content_of(path, MAX_BYTES)
    except Refused as error:
        raise CorruptModel(path, str(error)) from None


def parse(path: Readable, content: bytes) -> tuple[Network, Card]:
    """Check a model file by its content. Raises CorruptModel, naming the path."""
    try:
        arrays = arrays_in(content, MAX_BYTES)
        if "metadata" not in arrays:
            raise Refused("it holds no metadata")
        card = Card.from_json(text_of(arrays.pop("metadata"), "metadata"))
        network = _network(arrays, card)
    except (Refused, InvalidCard, InvalidNetwork) as error:
        raise CorruptModel(path, str(error)) from None
    return network, card


def _network(arrays: Mapping[str, NDArray[Any]], card: Card) -> Network:
    depth = len(card.activations)
    expected = [f"{kind}{i}" for i in range(1, depth + 1) for kind in ("W", "b")]
    if unknown := sorted(set(arrays) ^ set(expected)):
        raise Refused(f"it lacks or should not hold {', '.join(unknown[:5])}")
    for name in expected:
        if arrays[name].dtype != np.float32:
            raise Refused(f"{name} is {arrays[name].dtype}, not float32")
    network = Network(
        weights=tuple(arrays[name] for name in expected[::2]),
        biases=tuple(arrays[name] for name in expected[1::2]),
        activation_names=tuple(card.activations),
    )
    if network.layers != card.layers:
        raise Refused(f"its arrays make {network.layers}, its metadata {card.layers}")
    if (network.layers[0], network.layers[-1]) != (784, 10):
        raise Refused(f"{network.layers} does not read 784 pixels as 10 digits")
    return network
