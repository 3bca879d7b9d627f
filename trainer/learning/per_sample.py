"""The notes' per-sample SGD as compiled loops: the same mathematics, only faster.

Four fifths of MNIST's pixels are 0, and a row of W_i whose input a_{i-1} is 0 neither
adds to n_i nor changes. So a row is read once on the way forward, and skipped if its
input is 0; and once on the way back, where S_{i-1} = A_{i-1} W_i S_i and the update
W_i <- W_i - alpha a_{i-1} S_i^T share it.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model_store.network import Network
from trainer.data.dataset import Dataset

# Sums may be reordered, so that they run in vector instructions. Nothing may assume
# that values are finite: a diverging run must be seen to diverge.
VECTOR_MATHS = {"reassoc", "contract", "nsz", "arcp"}
_SIGMOID, _RELU, _SOFTMAX = 0, 1, 2
_KINDS = {"sigmoid": _SIGMOID, "relu": _RELU, "softmax": _SOFTMAX}


def train_one_by_one(
    network: Network, rows: Dataset, order: NDArray[np.intp], learning_rate: float
) -> None:
    """One update of the network, in place, for each row of `order`, one after another.

    A softmax output learns by cross-entropy, a sigmoid output by total squared error.
    """
    dtype = network.weights[0].dtype
    _descend(
        (network.weights, network.biases),
        np.array([_KINDS[name] for name in network.activation_names]),
        (rows.pixels, rows.labels, order),
        dtype.type(learning_rate),
        tuple(np.zeros(nodes, dtype) for nodes in network.layers),
        tuple(np.zeros(nodes, dtype) for nodes in network.layers),
    )


@njit(cache=True, fastmath=VECTOR_MATHS)
def _descend(
    parameters: Any, kinds: Any, samples: Any, alpha: Any, a: Any, S: Any
) -> None:
    """The arrays a and S are room for a_0 ... a_L and S_0 ... S_L (S_0 is not used)."""
    weights, biases = parameters
    pixels, labels, order = samples
    L = len(weights)
    scale = weights[0].dtype.type(1 / 255)
    live = np.zeros(max([len(layer) for layer in a]) + 1, np.intp)
    for j in order:
        for p in range(len(a[0])):
            a[0][p] = scale * pixels[j, p]
        for i in range(L):
            _feed_forward(a[i], weights[i], biases[i], a[i + 1], live)
            _activate(a[i + 1], kinds[i])
        _start_backprop(a[L], labels[j], kinds[L - 1], S[L])
        for i in range(L - 1, 0, -1):
            _step_back(a[i], weights[i], S[i + 1], kinds[i - 1], alpha, S[i])
        _update(a[0], weights[0], S[1], alpha)
        for i in range(L):
            _move(biases[i], S[i + 1], alpha)


# Numbers such as 1 are given the arrays' own type: an int64 would make it all float64.
# Loops rather than numpy's expressions, which take four times as long to compile.


@njit(cache=True, fastmath=VECTOR_MATHS)
def _feed_forward(x: Any, W: Any, b: Any, n: Any, live: Any) -> None:
    """Layer by layer: n = W^T x + b, by four rows of W at a time whose x is not 0."""
    count = _find_live(x, live)
    for c in range(len(n)):
        n[c] = b[c]
    for i in range(0, count - 3, 4):
        p, q, r, s = live[i], live[i + 1], live[i + 2], live[i + 3]
        xp, xq, xr, xs = x[p], x[q], x[r], x[s]
        for c in range(len(n)):
            n[c] += xp * W[p, c] + xq * W[q, c] + xr * W[r, c] + xs * W[s, c]
    for i in range(count - count % 4, count):
        for c in range(len(n)):
            n[c] += x[live[i]] * W[live[i], c]


@njit(cache=True, fastmath=VECTOR_MATHS)
def _find_live(x: Any, live: Any) -> int:
    """Put the places where x is not 0 into `live`, and return how many there are."""
    count = 0
    for r in range(len(x)):
        live[count] = r
        count += x[r] != 0
    return count


@njit(cache=True, fastmath=VECTOR_MATHS)
def _activate(n: Any, kind: int) -> None:
    """In place: a = sigma(n)."""
    zero, one = n.dtype.type(0), n.dtype.type(1)
    if kind == _SIGMOID:
        for c in range(len(n)):
            n[c] = one / (one + np.exp(-n[c]))
    elif kind == _RELU:
        for c in range(len(n)):
            n[c] = max(n[c], zero)
    else:
        _softmax(n)


@njit(cache=True, fastmath=VECTOR_MATHS)
def _softmax(n: Any) -> None:
    """In place: a = e^n / sum e^n, from n less its maximum, as e^n might overflow."""
    highest, total = n[0], n.dtype.type(0)
    for c in range(len(n)):
        highest = max(highest, n[c])
    for c in range(len(n)):
        n[c] = np.exp(n[c] - highest)
        total += n[c]
    for c in range(len(n)):
        n[c] /= total


@njit(cache=True, fastmath=VECTOR_MATHS)
def _start_backprop(y: Any, label: int, kind: int, S: Any) -> None:
    """S_L = -2 A_L e for a sigmoid output, y - t for softmax with cross-entropy."""
    one, two = y.dtype.type(1), y.dtype.type(2)
    for c in range(len(S)):
        S[c] = y[c]
    S[label] -= one
    if kind == _SIGMOID:
        for c in range(len(S)):
            S[c] *= two * y[c] * (one - y[c])


@njit(cache=True, fastmath=VECTOR_MATHS)
def _step_back(a: Any, W: Any, S: Any, kind: int, alpha: Any, S_before: Any) -> None:
    """S_before = A W S, and W <- W - alpha a S^T, in one pass over W."""
    zero, one = W.dtype.type(0), W.dtype.type(1)
    for r in range(len(a)):
        total = zero
        if kind == _SIGMOID or a[r] != 0:  # a ReLU's slope at 0 is 0
            change = alpha * a[r]
            for c in range(len(S)):
                total += W[r, c] * S[c]
                W[r, c] -= change * S[c]
            if kind == _SIGMOID:
                total *= a[r] * (one - a[r])
        S_before[r] = total


@njit(cache=True, fastmath=VECTOR_MATHS)
def _update(a: Any, W: Any, S: Any, alpha: Any) -> None:
    """W <- W - alpha a S^T, only where a is not 0."""
    for r in range(len(a)):
        if a[r] != 0:
            change = alpha * a[r]
            for c in range(len(S)):
                W[r, c] -= change * S[c]


@njit(cache=True, fastmath=False)  # left out, it would be the caller's
def _move(b: Any, S: Any, alpha: Any) -> None:
    """The biases: b <- b - alpha S, rounded as numpy rounds it."""
    for c in range(len(b)):
        b[c] -= alpha * S[c]
