"""A service as its users see it: an address that answers."""

from dataclasses import dataclass

import requests

from tests.support.waiting import TIMEOUT_S


@dataclass(frozen=True)
class Client:
    """Calls one service; every call has a connection of its own."""

    url: str

    def get(self, path: str) -> requests.Response:
        """GET a path."""
        return requests.get(self.url + path, timeout=TIMEOUT_S)

    def predict(self, picture: bytes) -> requests.Response:
        """POST a PNG as the body."""
        return requests.post(
            f"{self.url}/predict",
            data=picture,
            headers={"Content-Type": "image/png"},
            timeout=TIMEOUT_S,
        )

    def upload(self, picture: bytes) -> requests.Response:
        """POST a PNG as the field of a form."""
        return requests.post(
            f"{self.url}/predict",
            files={"image": ("digit.png", picture, "image/png")},
            timeout=TIMEOUT_S,
        )

    def is_alive(self) -> bool:
        """Whether it answers."""
        try:
            return self.get("/healthz").ok
        except requests.ConnectionError:
            return False

    def is_ready(self) -> bool:
        """Whether it has a model."""
        return self.is_alive() and self.get("/readyz").ok
