"""Per-sample SGD: the notes' loop and trainer.learning.per_sample, one thread each.

On MNIST, if it is in DIGITS_DATA; else on the embedded set, whose digits have nearly
twice as many pixels that are not 0, which ours cannot skip.
"""

import os
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.stopwatch import best_seconds
from model_store import Network
from model_store.network import Floats, sigmoid
from trainer.data.choice import local_mnist
from trainer.data.dataset import Dataset, one_hot
from trainer.data.embedded import read_embedded
from trainer.data.mnist_csv import read_csv
from trainer.learning.per_sample import train_one_by_one

_ALPHA = 0.3
_SAMPLES = 1000
_SAMPLES_OF_NOTES = 100  # they take long
_SHAPES = ((784, 500), (500, 200), (200, 10))


def main() -> None:
    """Print microseconds a sample of both, and how long ours takes to compile."""
    rows = _rows()
    network = _network()
    with threadpool_limits(1):
        began = time.perf_counter()
        train_one_by_one(network, rows, np.arange(0), _ALPHA)
        compiling = time.perf_counter() - began
        order = np.arange(_SAMPLES)
        ours = best_seconds(lambda: train_one_by_one(network, rows, order, _ALPHA))
        notes = best_seconds(lambda: _notes(rows, _SAMPLES_OF_NOTES), repeats=3)
    ours, notes = ours / _SAMPLES, notes / _SAMPLES_OF_NOTES
    print(f"per-sample SGD, [784, 500, 200, 10], sigmoid, one thread, {rows.file}")
    print(f"  ours   {ours * 1e6:9.1f} us a sample (compiling took {compiling:.1f} s)")
    print(f"  notes  {notes * 1e6:9.1f} us a sample")
    print(f"  ratio  {notes / ours:9.1f}")


def _rows() -> Dataset:
    mnist = local_mnist(Path(os.environ.get("DIGITS_DATA", "data")))
    return read_csv(mnist[0], _SAMPLES) if mnist else read_embedded()


def _start() -> list[Floats]:
    rng = np.random.default_rng(0)
    return [0.5 - rng.random(shape) for shape in _SHAPES]


def _network() -> Network:
    return Network(
        weights=tuple(weight.astype(np.float32) for weight in _start()),
        biases=tuple(np.zeros(shape[1], np.float32) for shape in _SHAPES),
        activation_names=("sigmoid",) * 3,
    )


def _notes(rows: Dataset, samples: int) -> None:
    """The loop of the course notes: diagonal matrices, a new array for each weight."""
    X_train, y_train = rows.pixels / 255, one_hot(rows.labels, np.dtype(float)).T
    (W1, W2, W3), (b1, b2, b3) = _start(), [np.zeros((s[1], 1)) for s in _SHAPES]
    for j in range(samples):
        a0 = X_train[[j], :].T
        n1 = W1.T @ a0 + b1
        a1 = sigmoid(n1)
        n2 = W2.T @ a1 + b2
        a2 = sigmoid(n2)
        n3 = W3.T @ a2 + b3
        error = y_train[:, [j]] - sigmoid(n3)
        A3, A2, A1 = (np.diagflat(sigmoid(n) * (1 - sigmoid(n))) for n in (n3, n2, n1))
        S3 = -2 * A3 @ error
        S2 = A2 @ W3 @ S3
        S1 = A1 @ W2 @ S2
        W3 = W3 - _ALPHA * a2 @ S3.T
        W2 = W2 - _ALPHA * a1 @ S2.T
        W1 = W1 - _ALPHA * a0 @ S1.T
        b3, b2, b1 = b3 - _ALPHA * S3, b2 - _ALPHA * S2, b1 - _ALPHA * S1


if __name__ == "__main__":
    main()
