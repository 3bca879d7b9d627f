"""A real nginx with deploy/nginx/digits.conf, on ports of its own."""

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.support.environment import ROOT
from tests.support.installation import free_port
from tests.support.waiting import TIMEOUT_S, ended, wait_until

CONFIG = ROOT / "deploy" / "nginx" / "digits.conf"

_AROUND = """
daemon off;
user root;
pid {root}/nginx.pid;
error_log {root}/nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {root}/bodies;
    proxy_temp_path {root}/answers;
    fastcgi_temp_path {root}/unused;
    uwsgi_temp_path {root}/unused;
    scgi_temp_path {root}/unused;
    include {root}/digits.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A proxy in front of a service.

    Attributes:
        url: the prefix under which the service is.
        plain_url: the address without TLS.
        certificate: what to trust.
    """

    url: str
    plain_url: str
    certificate: Path

    @classmethod
    def on(cls, port: int, plain_port: int, certificate: Path) -> "Nginx":
        """On these ports of this host, with the prefix of our configuration."""
        url, plain_url = f"https://127.0.0.1:{port}", f"http://127.0.0.1:{plain_port}"
        return cls(f"{url}/digits", plain_url, certificate)

    def request(self, method: str, path: str, **more: object) -> requests.Response:
        """Send a request to a path under the prefix; redirects are answers."""
        return requests.request(
            method,
            self.url + path,
            verify=str(self.certificate),
            allow_redirects=False,
            timeout=TIMEOUT_S,
            **more,  # type: ignore[arg-type]
        )


@contextlib.contextmanager
def proxying(service_port: int, root: Path) -> Iterator[Nginx]:
    """Our configuration, but for ports and certificate, until the block ends."""
    port, plain_port = free_port(), free_port()
    certify(root)
    text = CONFIG.read_text()
    for ours, tests in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{service_port};"),
        ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("/etc/ssl/certs/digits.pem", f"{root}/digits.pem"),
        ("/etc/ssl/private/digits.key", f"{root}/digits.key"),
    ):
        assert text.count(ours) == 1, ours
        text = text.replace(ours, tests)
    (root / "digits.conf").write_text(text)
    (root / "nginx.conf").write_text(_AROUND.format(root=root))
    process = subprocess.Popen(["nginx", "-c", root / "nginx.conf", "-p", root])
    with ended(process):
        wait_until("nginx listens", lambda: _listens(port))
        yield Nginx.on(port, plain_port, root / "digits.pem")


def certify(root: Path) -> None:
    """A key, and a certificate that it has signed itself."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=digits.example", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", root / "digits.key", "-out", root / "digits.pem"],
        check=True,
        capture_output=True,
    )  # fmt: skip


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
