"""Mini-batch SGD: trainer.learning.sgd, with distortions, against PyTorch without.

PyTorch is not among the dependencies; where it is not installed, ours stands alone.
"""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.stopwatch import best_seconds
from model_store.backprop import LOSSES, backprop
from trainer.augmentation.distort import distort
from trainer.data.dataset import Dataset, one_hot
from trainer.data.embedded import read_embedded
from trainer.learning.first_weights import initial_network
from trainer.learning.settings import settings_for
from trainer.learning.sgd import Descent

_SIZES = (32, 128, 512)
_ROWS = 1536  # a whole number of batches of each size
_ALPHA = 1e-4  # so small that nothing diverges, however long it runs
_MOMENTUM = 0.9


def main() -> None:
    """Print microseconds a sample of both, one thread each, and the ratio."""
    rows = read_embedded()
    with threadpool_limits(1):
        ours = [_microseconds(_ours(rows, size)) for size in _SIZES]
    print("mini-batch SGD, [784, 500, 200, 10], ReLU, softmax, cross-entropy, one")
    print("thread, with Nesterov's momentum; ours also distorts each digit anew")
    try:
        torch = importlib.import_module("torch")
    except ModuleNotFoundError:
        print("  (PyTorch is not installed: ours alone)")
        for size, us in zip(_SIZES, ours, strict=True):
            print(f"  batch {size:3}: ours {us:6.1f} us a sample")
        return
    torch.set_num_threads(1)
    for size, us in zip(_SIZES, ours, strict=True):
        torchs = _microseconds(_torchs(torch, rows, size))
        print(
            f"  batch {size:3}: ours {us:6.1f} us a sample, PyTorch {torchs:6.1f},"
            f" ratio {torchs / us:.2f}"
        )


def _microseconds(epoch: Callable[[], None]) -> float:
    epoch()
    return best_seconds(epoch) / _ROWS * 1e6


def _ours(rows: Dataset, size: int) -> Callable[[], None]:
    rng = np.random.default_rng(0)
    network = initial_network(settings_for("default", False, 0, {}), rng)
    descent, loss = Descent(network, _MOMENTUM), LOSSES["cross-entropy"]

    def epoch() -> None:
        for start in range(0, _ROWS, size):
            batch = slice(start, start + size)
            targets = one_hot(rows.labels[batch], np.dtype(np.float32))
            pixels = distort(rows.pixels[batch], rows.labels[batch], rng)
            descent.step(backprop(network, loss, pixels, targets), _ALPHA, size)

    return epoch


def _torchs(torch: Any, rows: Dataset, size: int) -> Callable[[], None]:
    linear, relu = torch.nn.Linear, torch.nn.ReLU
    network = torch.nn.Sequential(
        linear(784, 500), relu(), linear(500, 200), relu(), linear(200, 10)
    )
    descent = torch.optim.SGD(
        network.parameters(), lr=_ALPHA, momentum=_MOMENTUM, nesterov=True
    )
    loss = torch.nn.CrossEntropyLoss()
    pixels = torch.tensor(rows.pixels).float() / 255
    labels = torch.tensor(rows.labels.astype(np.int64))

    def epoch() -> None:
        for start in range(0, _ROWS, size):
            batch = slice(start, start + size)
            descent.zero_grad(set_to_none=True)
            loss(network(pixels[batch]), labels[batch]).backward()
            descent.step()

    return epoch


if __name__ == "__main__":
    main()
