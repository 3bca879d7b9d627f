"""Bulk inference: a binary tensor of 256 images over HTTP against numpy's products."""

import contextlib
import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.load.local_service import random_network, serving
from benchmarks.stopwatch import best_seconds
from model_store.network import Floats

_IMAGES = 256
_REQUESTS = 100
_PATIENCE_S = 30.0


def main() -> None:
    """Print images a second of both, one client and two; the goal is 30,000."""
    rng = np.random.default_rng(0)
    network = random_network(seed=0)
    pixels = rng.integers(0, 256, (_IMAGES, 784), dtype=np.uint8)
    scaled = pixels.astype(np.float32)

    def products() -> None:
        a: Floats = scaled
        for weight in network.weights:
            a = a @ weight

    with threadpool_limits(1):
        product_s = best_seconds(products, repeats=50)
    print(f"tensor of {_IMAGES} images over HTTP, [784, 500, 200, 10], two workers")
    with serving(network) as service:
        for clients in (1, 2):
            seconds = _seconds_a_tensor(service.port, pixels.tobytes(), clients)
            print(
                f"  {clients} client(s): {_IMAGES / seconds:8.0f} images/s,"
                f" bare products {_IMAGES / product_s:8.0f} images/s,"
                f" ratio {seconds / product_s:.2f}"
            )


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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
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
