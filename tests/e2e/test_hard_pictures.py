"""Pictures that are meant to do harm, sent to a real service: it stays as it was."""

import http.client
import random
import re
import struct
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from tests.service.image.pictures import FILES, encode
from tests.support import digits
from tests.support.installation import Service
from tests.support.waiting import TIMEOUT_S

BODIES = 3_000
MOST_MB = 800


def _mutated(rng: random.Random, files: list[bytes]) -> bytes:
    """A file with a few bytes changed, removed or put in; or bytes at random."""
    if rng.random() < 0.05:
        return rng.choice(files)[: rng.randint(2, 12)] + rng.randbytes(200)
    body = bytearray(rng.choice(files))
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(min(len(body), rng.choice((100, 10**6))))
        body[start : start + rng.randint(0, 8)] = rng.randbytes(rng.randint(0, 8))
    return bytes(body) + b"\0"


def test_mutated_pictures_of_every_format_are_answered(service: Service) -> None:
    rng = random.Random(4)
    workers, files = service.workers(), [file(3) for file in FILES.values()]
    seen: Counter[int] = Counter()
    address = urlsplit(service.url).netloc
    with closing(http.client.HTTPConnection(address, timeout=TIMEOUT_S)) as connection:
        for _ in range(BODIES):
            body = _mutated(rng, files)
            connection.request("POST", "/predict", body, {"Content-Type": "image/png"})
            answer = connection.getresponse()
            answer.read()
            seen[answer.status] += 1
    assert set(seen) <= {200, 413, 415, 422}, seen
    assert min(seen[200], seen[422]) > BODIES / 20
    assert set(workers) <= set(service.workers())  # another may only have started


def _forget_peak(process: int) -> None:
    Path(f"/proc/{process}/clear_refs").write_text("5")


def _peak_mb(process: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) / 1024


def test_pictures_of_forty_megapixels_at_once_need_the_memory_of_one(
    service: Service,
) -> None:
    workers = service.workers()
    page = Image.new("CMYK", (6320, 6320))
    body = encode(page, "JPEG", progressive=True)
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(service.predict, [body] * 8))
    assert {answer.status_code for answer in answers} == {422}
    assert max(map(_peak_mb, workers)) < MOST_MB
    assert set(workers) <= set(service.workers())  # another may only have started
    assert service.predict(digits.picture(6)).ok


def test_size_that_a_gif_declares_is_refused_before_memory_is_taken(
    service: Service,
) -> None:
    side = struct.pack("<HH", 13_000, 13_000)
    restored = b"!\xf9\x04\x09\0\0\0\0"  # to its background, after it was shown
    head = b"GIF89a" + side + b"\x80\0\0" + b"\0\0\0\xff\xff\xff" + restored
    body = head + b",\0\0\0\0" + side + b"\0" + b"\x02\x02\x44\x01\0;"
    workers = service.workers()
    for worker in workers:
        _forget_peak(worker)
    before = sum(map(_peak_mb, workers))
    assert service.predict(body).status_code == 413
    assert sum(map(_peak_mb, workers)) < before + 50
