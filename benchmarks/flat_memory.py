"""Whether a worker's memory grows with its requests, for each kind of them.

python -m benchmarks.flat_memory. After 500 requests to get warm, 20,000 more may add a
tenth to the resident memory; exits 1 if one kind adds more.
"""

import contextlib
import http.client
import io
import itertools
import json
import sys
from collections.abc import Callable, Iterator

import click
import numpy as np

from benchmarks.load.local_service import random_network, serving
from benchmarks.load.memory import memory_of
from benchmarks.load.questions import Questions

_WARM_UP = 500
_GROWTH = 0.1
_REPORTS = 5
_PATIENCE_S = 30.0
_MOST_PICTURES = 32
_MOST_ROWS = 256
_BOUNDARY = b"--digits\r\n"

Request = tuple[str, bytes, dict[str, str]]
Requests = Iterator[Request]


def _growth(kind: str, requests: int, pngs: list[bytes]) -> float:
    """What that many requests add, as a share; printed, too."""
    to_send = KINDS[kind](pngs, np.random.default_rng(0))
    with serving(random_network(seed=0), workers=1) as service:
        (worker,) = service.workers()
        sizes = []
        for count in [_WARM_UP, *[requests // _REPORTS] * _REPORTS]:
            _send(service.port, itertools.islice(to_send, count))
            sizes.append(memory_of([worker])[worker].rss)
    growth = max(sizes) / sizes[0] - 1
    shown = " ".join(f"{size / 1e6:6.1f}" for size in sizes)
    print(f"  {kind:12} {shown}  {growth:+.1%}", flush=True)
    return growth


def _send(port: int, requests: Requests) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    with contextlib.closing(connection):
        for path, body, headers in requests:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise RuntimeError(content.decode())


def _raw(pngs: list[bytes], _rng: np.random.Generator) -> Requests:
    for png in itertools.cycle(pngs):
        yield "/predict", png, {"Content-Type": "image/png"}


def _form(pngs: list[bytes], _rng: np.random.Generator) -> Requests:
    for png in itertools.cycle(pngs):
        yield _of_parts("/predict", [png])


def _batch(pngs: list[bytes], rng: np.random.Generator) -> Requests:
    while True:
        chosen = rng.integers(0, len(pngs), rng.integers(1, _MOST_PICTURES + 1))
        yield _of_parts("/predict/batch", [pngs[number] for number in chosen])


def _of_parts(path: str, pngs: list[bytes]) -> Request:
    body = io.BytesIO()
    for png in pngs:
        body.write(_BOUNDARY + b"Content-Type: image/png\r\n")
        body.write(b'Content-Disposition: form-data; name="image"; filename="a.png"')
        body.write(b"\r\n\r\n" + png + b"\r\n")
    body.write(b"--digits--\r\n")
    return (
        path,
        body.getvalue(),
        {"Content-Type": "multipart/form-data; boundary=digits"},
    )


def _json(_pngs: list[bytes], rng: np.random.Generator) -> Requests:
    for rows in _tensors(rng):
        tensor = {"datatype": "UINT8", "shape": rows.shape, "data": rows.tolist()}
        yield _infer({"inputs": [{"name": "image", **tensor}]}, b"")


def _binary(_pngs: list[bytes], rng: np.random.Generator) -> Requests:
    for rows in _tensors(rng):
        size = {"binary_data_size": rows.size}
        tensor = {"datatype": "UINT8", "shape": rows.shape, "parameters": size}
        asked = {"parameters": {"binary_data_output": True}}
        yield _infer({"inputs": [{"name": "image", **tensor}], **asked}, rows.tobytes())


def _tensors(rng: np.random.Generator) -> Iterator[np.ndarray]:
    while True:
        yield rng.integers(0, 256, (rng.integers(1, _MOST_ROWS + 1), 784), np.uint8)


def _infer(document: dict[str, object], binary: bytes) -> Request:
    text = json.dumps(document).encode()
    headers = {"Inference-Header-Content-Length": str(len(text))} if binary else {}
    return "/v2/models/digits/infer", text + binary, headers


KINDS: dict[str, Callable[[list[bytes], np.random.Generator], Requests]] = {
    "raw": _raw,
    "form": _form,
    "batch": _batch,
    "v2-json": _json,
    "v2-binary": _binary,
}


@click.command()
@click.option("--requests", default=20_000, show_default=True, help="Of each kind.")
@click.argument("kinds", nargs=-1, type=click.Choice(list(KINDS)))
def main(requests: int, kinds: tuple[str, ...]) -> None:
    """Send the KINDS of requests, or every kind, to a new worker each."""
    pngs = Questions([]).pngs
    print("MB of resident memory, when warm and then after each fifth of the requests")
    growths = [_growth(kind, requests, pngs) for kind in kinds or KINDS]
    sys.exit(1 if max(growths) > _GROWTH else 0)


if __name__ == "__main__":
    main()
