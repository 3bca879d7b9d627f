"""docs/client.md: its Python reads a digit from a running service, and waits."""

import http.server
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import code_blocks
from tests.support.installation import Service

[CODE] = code_blocks("docs/client.md", "python")


def _run(address: str, monkeypatch: pytest.MonkeyPatch, place: Path) -> dict[str, Any]:
    monkeypatch.chdir(place)
    names: dict[str, Any] = {}
    exec(CODE.replace("http://127.0.0.1:8000", address), names)
    return names


def test_client_reads_a_digit(
    service: Service, picture: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "digit.png").write_bytes(picture)
    names = _run(service.url, monkeypatch, tmp_path)
    assert names["answer"]["label"] in range(10)
    (tmp_path / "text.png").write_bytes(b"hallo")
    with pytest.raises(RuntimeError, match="Unknown format"):
        names["read_digit"](tmp_path / "text.png")


class Busy(http.server.BaseHTTPRequestHandler):
    """Answers 503 at first, then as the service does."""

    asked = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked += 1
        self.send_response(503 if self.asked == 1 else 200)
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(b'{"label": 7, "confidence": 0.9}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_client_asks_again_after_503(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "digit.png").write_bytes(b"a picture")
    with http.server.HTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert _run(address, monkeypatch, tmp_path)["answer"]["label"] == 7
        server.shutdown()
    assert Busy.asked == 2
