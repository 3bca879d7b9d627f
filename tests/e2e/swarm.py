"""The stack of deploy/swarm.yaml on a swarm of one node."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.engine import docker
from tests.e2e.nginx import Nginx, certify
from tests.support.installation import free_port
from tests.support.waiting import wait_until

STACK = "digits-swarm-test"
ALONE = "127.0.0.1"  # the address of a swarm that no other host can join
TOKEN = "a-token-of-the-tests"


@dataclass(frozen=True)
class Swarm:
    """A stack that is deployed, and updated by naming another tag of its images."""

    python_image: str
    nginx_image: str
    scratch: Path
    http_port: int = field(default_factory=free_port)
    https_port: int = field(default_factory=free_port)

    @property
    def proxy(self) -> Nginx:
        """Both services, by the proxy."""
        certificate = self.scratch / "digits.pem"
        return Nginx.on(self.https_port, self.http_port, certificate)

    def build(self, target: str, tag: str, *options: str) -> None:
        """An image of this checkout."""
        base = f"PYTHON_IMAGE={self.python_image}"
        docker(
            *("build", "--quiet", "--network", "host", "--target", target),
            *("--build-arg", base, "--tag", f"digits-{target}:{tag}", *options, "."),
        )

    def deploy(self, tag: str, rate_limit: str) -> None:
        """As the head of deploy/swarm.yaml says."""
        files = ("deploy/swarm.yaml", "tests/e2e/swarm.test.yaml")
        docker(
            *("stack", "deploy", "--resolve-image", "never"),
            *(word for file in files for word in ("--compose-file", file)),
            STACK,
            DIGITS_TAG=tag,
            DIGITS_RATE_LIMIT=rate_limit,
            DIGITS_TLS_DIR=str(self.scratch),
            DIGITS_ADMIN_TOKEN_FILE=str(self.scratch / "admin-token"),
            DIGITS_HTTP_PORT=str(self.http_port),
            DIGITS_HTTPS_PORT=str(self.https_port),
            NGINX_IMAGE=self.nginx_image,
            VALKEY_IMAGE=self.nginx_image,
        )

    def put_models(self, store: Path) -> None:
        """Let the stack's volume hold that store."""
        docker(
            *("run", "--rm", "--user", "0", "--volume", f"{store}:/from:ro"),
            *("--volume", f"{STACK}_models:/models", self.python_image, "sh", "-c"),
            "cp -a /from/. /models && chown -R 10001:10001 /models",
        )

    def running(self) -> list[str]:
        """The images of the services that are healthy, or were when they were asked."""
        listed = docker(
            *("ps", "--filter", f"name={STACK}_service", "--filter", "health=healthy"),
            *("--format", "{{.Image}}"),
        )
        return listed.split()

    def predictions(self) -> list[float]:
        """How many each of the healthy services has made."""
        healthy = ("--filter", f"name={STACK}_service", "--filter", "health=healthy")
        read = "import urllib.request as r; print(r.urlopen(%r).read().decode())"
        read %= "http://127.0.0.1:8000/metrics"
        found = []
        for container in docker("ps", "--quiet", *healthy).split():
            text = docker("exec", container, "python", "-c", read)
            counts = re.findall(r"^digits_predictions_total\{.*\} (.+)$", text, re.M)
            found.append(sum(map(float, counts)))
        return found

    def update_state(self) -> str:
        """How the last update stands, in Docker's words."""
        template = "{{with .UpdateStatus}}{{.State}}{{end}}"
        return docker("service", "inspect", "--format", template, f"{STACK}_service")

    def is_ready(self) -> bool:
        """Whether the proxy finds a service."""
        with contextlib.suppress(OSError):  # requests' errors, too
            return self.proxy.request("GET", "/readyz").status_code == 200
        return False


@contextlib.contextmanager
def one_node(swarm: Swarm) -> Iterator[None]:
    """This host as a swarm; left at the end, and nothing of the stack remains.

    A run that was killed leaves its swarm behind: that one is ended first. Somebody
    else's is not touched, and `docker swarm init` says why it fails.
    """
    certify(swarm.scratch)
    (swarm.scratch / "admin-token").write_text(TOKEN)
    if _is_left_behind():
        _leave()
    docker("swarm", "init", "--advertise-addr", ALONE)
    try:
        node = docker("node", "ls", "--quiet")
        docker("node", "update", "--label-add", "digits=true", node)
        yield
    finally:
        _leave()


def _is_left_behind() -> bool:
    if docker("info", "--format", "{{.Swarm.NodeAddr}}") != ALONE:
        return False
    return set(docker("stack", "ls", "--format", "{{.Name}}").split()) <= {STACK}


def _leave() -> None:
    ours = ("--quiet", "--filter", f"name={STACK}")
    docker("stack", "rm", STACK, check=False)
    wait_until("the stack has stopped", lambda: not docker("ps", *ours))
    docker("swarm", "leave", "--force")
    for kind, listing in (("container", ("ps", "--all")), ("volume", ("volume", "ls"))):
        docker(kind, "rm", "--force", *docker(*listing, *ours).split(), check=False)
