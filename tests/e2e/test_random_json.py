"""Ten thousand random JSON bodies at the inference protocol: none gives a 5xx."""

import http.client
import json
import random
from collections import Counter
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from tests.support.installation import Service
from tests.support.waiting import TIMEOUT_S

BODIES = 10_000
ZEROS = [0] * 784
GOOD = {
    "id": "1",
    "parameters": {"binary_data_output": False},
    "inputs": [
        {"name": "image", "datatype": "UINT8", "shape": [1, 784], "data": ZEROS}
    ],
    "outputs": [{"name": "label", "parameters": {"binary_data": True}}],
}
STRAY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 784, 0.5, 1e308, -0.0, 2**63, 10**300, "", "image",
    "label", "BYTES", "FP32", "\ud800", "\0", "AAAA", [], {}, [[]], [{}], {"": {}},
    [1, 784], [28, 28], ZEROS, [ZEROS], ["AAAA"], "x" * 10_000,
)  # fmt: skip


def _mutated(value: Any, rng: random.Random) -> Any:
    """The value with, now and then, something else in the place of a part of it."""
    if rng.random() < 0.08:
        return rng.choice(STRAY)
    if isinstance(value, dict):
        kept = {k: _mutated(v, rng) for k, v in value.items() if rng.random() > 0.03}
        return kept if rng.random() > 0.05 else {**kept, "data": rng.choice(STRAY)}
    if isinstance(value, list):
        some = [_mutated(item, rng) for item in value[:4]] + value[4:]
        return some if rng.random() > 0.05 else some[:-1]
    return value


def _body(rng: random.Random) -> bytes:
    body = bytearray(json.dumps(_mutated(GOOD, rng)).encode())
    if rng.random() < 0.2:
        for _ in range(rng.randint(1, 5)):
            body[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(body)


def test_no_random_body_gives_a_server_error_or_stops_a_worker(
    service: Service,
) -> None:
    rng = random.Random(4)
    workers = service.workers()
    seen: Counter[int] = Counter()
    address = urlsplit(service.url).netloc
    with closing(http.client.HTTPConnection(address, timeout=TIMEOUT_S)) as connection:
        for _ in range(BODIES):
            body = _body(rng)
            length = rng.choice([{}, {}, {"Inference-Header-Content-Length": "9"}])
            connection.request("POST", "/v2/models/digits/infer", body, length)
            answer = connection.getresponse()
            content = answer.read()
            seen[answer.status] += 1
            assert answer.status < 500, body
            if answer.status != 200:
                assert set(json.loads(content)) == {"error"}
    assert seen[200] > BODIES / 20
    assert seen[400] > BODIES / 2
    assert set(workers) <= set(service.workers())  # another may only have started
