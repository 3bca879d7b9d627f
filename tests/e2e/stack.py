"""The containers of compose.yaml, brought up for real."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.engine import compose_command, docker
from tests.e2e.nginx import Nginx
from tests.support.client import Client
from tests.support.environment import ROOT
from tests.support.installation import free_port

PROJECT = "digits-test"


@dataclass(frozen=True)
class Stack:
    """Compose's view of one project.

    Attributes:
        python_image: what the images are built on.
        nginx_image: the proxy.
        data: a directory of this host with MNIST CSVs.
        tls: one with the proxy's certificate and key.
        scans: one with pictures to score.
        port: where the service is published on this host.
        http_port, https_port: where the proxy is.
    """

    python_image: str
    nginx_image: str
    data: Path
    tls: Path
    scans: Path
    port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)
    https_port: int = field(default_factory=free_port)

    @property
    def proxy(self) -> Nginx:
        """The service, by the proxy."""
        return Nginx.on(self.https_port, self.http_port, self.tls / "digits.pem")

    @property
    def service(self) -> Client:
        """The service, by its published port."""
        return Client(f"http://127.0.0.1:{self.port}")

    def compose(
        self, *arguments: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run docker compose on the project."""
        finished = subprocess.run(
            [*self._command(), *arguments],
            cwd=ROOT,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or finished.returncode == 0, finished.stdout + finished.stderr
        return finished

    def inside(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the running container; its exit code may be anything."""
        return self.compose("exec", "-T", name, *command, check=False)

    def inspect(self, name: str, template: str) -> str:
        """A fact about the container, by a template of docker inspect."""
        # With --all: a container that has stopped is inspected too.
        container = self.compose("ps", "--all", "--quiet", name).stdout.strip()
        return docker("inspect", "--format", template, container)

    def down(self) -> None:
        """Remove the containers, the network and the volumes."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")

    def _command(self) -> list[str]:
        files = ("compose.yaml", "tests/e2e/compose.test.yaml")
        chosen = [part for file in files for part in ("--file", file)]
        return [*compose_command(), "--project-name", PROJECT, *chosen]

    def _environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHON_IMAGE": self.python_image,
            "DIGITS_PORT": str(self.port),
            "DIGITS_DATA_DIR": str(self.data),
            "COMPOSE_PROFILES": "proxy,bulk",
            "NGINX_IMAGE": self.nginx_image,
            "DIGITS_TLS_DIR": str(self.tls),
            "DIGITS_SCANS_DIR": str(self.scans),
            "DIGITS_TRUSTED_PROXIES": "172.16.0.0/12,192.168.0.0/16",
            "DIGITS_HTTP_PORT": str(self.http_port),
            "DIGITS_HTTPS_PORT": str(self.https_port),
        }
