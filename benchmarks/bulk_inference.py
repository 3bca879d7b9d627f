"""Bulk inference: a binary tensor of 256 images over HTTP against numpy's products."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.stopwatch import best_seconds
from model_store import Card, ModelStore, Network
from model_store.network import Floats

_LAYERS = [784, 500, 200, 10]
_IMAGES = 256
_REQUESTS = 100
_START_S = 30.0


def main() -> None:
    """Print images a second of both, one client and two; the goal is 30,000."""
    rng = np.random.default_rng(0)
    network = _network(rng)
    pixels = rng.integers(0, 256, (_IMAGES, 784), dtype=np.uint8)
    scaled = pixels.astype(np.float32)

    def products() -> None:
        a: Floats = scaled
        for weight in network.weights:
            a = a @ weight

    with threadpool_limits(1):
        product_s = best_seconds(products, repeats=50)
    print(f"tensor of {_IMAGES} images over HTTP, [784, 500, 200, 10], two workers")
    with _serving(network) as port:
        for clients in (1, 2):
            seconds = _seconds_a_tensor(port, pixels.tobytes(), clients)
            print(
                f"  {clients} client(s): {_IMAGES / seconds:8.0f} images/s,"
                f" bare products {_IMAGES / product_s:8.0f} images/s,"
                f" ratio {seconds / product_s:.2f}"
            )


def _network(rng: np.random.Generator) -> Network:
    weights = tuple(
        rng.normal(0, 0.05, shape).astype(np.float32) for shape in pairwise(_LAYERS)
    )
    biases = tuple(np.zeros(n, np.float32) for n in _LAYERS[1:])
    return Network(weights, biases, ("relu", "relu", "softmax"))


@contextlib.contextmanager
def _serving(network: Network) -> Iterator[int]:
    """The port of a service of two workers with that network as its version 1."""
    with tempfile.TemporaryDirectory() as directory:
        root, port = Path(directory), _free_port()
        card = Card(
            created=datetime.now(UTC).isoformat(),
            layers=network.layers,
            activations=list(network.activation_names),
            loss="cross-entropy",
        )
        ModelStore(root, root).publish(network, card)
        settings = {
            "DIGITS_STORE": directory,
            "DIGITS_STATE": directory,
            "DIGITS_PORT": str(port),
            "DIGITS_WORKERS": "2",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "service"],
            env={**os.environ, **settings},
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                _wait_until_ready(port)
                yield port
            finally:
                process.terminate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(port: int) -> None:
    ends_at = time.monotonic() + _START_S
    while time.monotonic() < ends_at:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_S)
        with contextlib.suppress(ConnectionError), contextlib.closing(connection):
            connection.request("GET", "/v2/health/ready")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"the service was not ready in {_START_S:g} s")


def _seconds_a_tensor(port: int, tensor: bytes, clients: int) -> float:
    """Wall time by tensors answered, the best of five runs."""
    with ThreadPoolExecutor(clients) as pool:
        jobs = [tensor] * clients

        def run() -> None:
            list(pool.map(lambda data: _infer_many(port, data), jobs))

        return best_seconds(run) / (_REQUESTS * clients)


def _infer_many(port: int, tensor: bytes) -> None:
    """Send the tensor again and again over one connection, as Triton's client would."""
    image = {
        "name": "image",
        "datatype": "UINT8",
        "shape": [_IMAGES, 784],
        "parameters": {"binary_data_size": len(tensor)},
    }
    document = {"inputs": [image], "parameters": {"binary_data_output": True}}
    text = json.dumps(document).encode()
    headers = {"Inference-Header-Content-Length": str(len(text))}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_S)
    with contextlib.closing(connection):
        for _ in range(_REQUESTS):
            connection.request(
                "POST", "/v2/models/digits/infer", text + tensor, headers
            )
            answer = connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(answer.read().decode())
            answer.read()


if __name__ == "__main__":
    main()
