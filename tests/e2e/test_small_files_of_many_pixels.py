"""Small files that declare many pixels keep nobody waiting but those who send them."""

import http.client
import io
import struct
import threading
import time
from collections import Counter
from contextlib import closing
from itertools import cycle
from typing import Final
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from tests.support import digits
from tests.support.installation import Service
from tests.support.waiting import TIMEOUT_S

CONNECTIONS: Final = 60
SECONDS: Final = 5.0
MOST_P99_S: Final = 0.25
SIDE: Final = 6_300  # 40 million pixels


def _encoded(name: str, mode: str, **options: object) -> bytes:
    file = io.BytesIO()
    page = Image.new(mode, (SIDE, SIDE), "white")
    page.paste("black", (SIDE // 2, SIDE // 3, SIDE // 2 + 150, 2 * SIDE // 3))
    page.save(file, name, **options)
    return file.getvalue()


def _run_length_bmp(side: int) -> bytes:
    """White rows, each of runs of at most 255 pixels (BITMAPINFOHEADER, BI_RLE8)."""
    runs = [255] * (side // 255) + [side % 255]
    row = b"".join(bytes((run, 255)) for run in runs) + b"\0\0"
    data, palette = row * side + b"\0\1", bytes(np.repeat(np.arange(256), 4).tolist())
    size = (40, side, side, 1, 8, 1, len(data), 0, 0, 256, 0)
    start = 14 + 40 + len(palette)
    head = b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start)
    return head + struct.pack("<IiiHHIIiiII", *size) + palette + data


def _files() -> list[bytes]:
    return [
        _encoded("PNG", "1", compress_level=9),
        _encoded("GIF", "1"),
        _encoded("TIFF", "1", compression="group4"),
        _encoded("WebP", "RGB", lossless=True),
        _run_length_bmp(1_990),
    ]


class _Load:
    """Connections that send the files without a pause; answers by their status."""

    def __init__(self, address: str, files: list[bytes]) -> None:
        self.answers: Counter[int] = Counter()
        self._address = address
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(files[n % len(files) :] + files,))
            for n in range(CONNECTIONS)
        ]

    def __enter__(self) -> "_Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _send(self, files: list[bytes]) -> None:
        for body in cycle(files):
            if self._ended.is_set():
                return
            self.answers[_post(self._address, body)] += 1


def _post(address: str, body: bytes) -> int:
    with closing(http.client.HTTPConnection(address, timeout=TIMEOUT_S)) as client:
        client.request("POST", "/predict", body, {"Content-Type": "image/png"})
        return client.getresponse().status


def _get_health(address: str) -> int:
    with closing(http.client.HTTPConnection(address, timeout=TIMEOUT_S)) as client:
        client.request("GET", "/healthz")
        return client.getresponse().status


def test_health_checks_and_small_predictions_do_not_wait_for_them(
    service: Service,
) -> None:
    address = urlsplit(service.url).netloc
    files, small = _files(), digits.png(Image.new("L", (28, 28), 255))
    workers = service.workers()
    health_s, small_s = [], []
    with _Load(address, files) as load:
        ends_at = time.monotonic() + SECONDS
        while time.monotonic() < ends_at:
            began = time.monotonic()
            assert _get_health(address) == 200
            health_s.append(time.monotonic() - began)
            began = time.monotonic()
            assert _post(address, small) == 422  # a blank page, read as such
            small_s.append(time.monotonic() - began)
            time.sleep(0.01)
    assert set(load.answers) <= {200, 422, 503}, load.answers
    assert min(load.answers[200], load.answers[422]) > 0
    assert np.percentile(health_s, 99) < MOST_P99_S, load.answers
    assert np.percentile(small_s, 99) < 4 * MOST_P99_S, load.answers
    assert service.workers() == workers
