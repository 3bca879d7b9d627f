"""The forward pass: Network.outputs against numpy's bare products of the same sizes."""

from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.stopwatch import best_seconds
from model_store import Network
from model_store.network import Floats, Pixels
from trainer.data.embedded import read_embedded

_LAYERS = (784, 500, 200, 10)
_REPEATS = 200


def main() -> None:
    """Print microseconds for 1 and for 256 images, one thread."""
    rng = np.random.default_rng(0)
    weights = tuple(
        rng.normal(0, 0.05, shape).astype(np.float32) for shape in pairwise(_LAYERS)
    )
    biases = tuple(np.zeros(n, np.float32) for n in _LAYERS[1:])
    network = Network(weights, biases, ("relu", "relu", "softmax"))
    print("forward pass, [784, 500, 200, 10], one thread")
    digits = read_embedded().pixels
    for images in (1, 256):
        _compare(network, digits[:images])


def _compare(network: Network, pixels: Pixels) -> None:
    scaled = pixels.astype(np.float32)

    def ours() -> None:
        for _ in range(_REPEATS):
            network.outputs(pixels)

    def products() -> None:
        for _ in range(_REPEATS):
            a: Floats = scaled
            for weight in network.weights:
                a = a @ weight

    with threadpool_limits(1):
        our_s, their_s = (best_seconds(f) / _REPEATS for f in (ours, products))
    print(
        f"  {len(pixels):3d} images: ours {our_s * 1e6:8.1f} us,"
        f" bare products {their_s * 1e6:8.1f} us, ratio {our_s / their_s:.2f}"
    )


if __name__ == "__main__":
    main()
