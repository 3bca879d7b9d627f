"""The stack of compose.yaml: from an empty store to a second version, and hardened."""

import csv
import json
from collections.abc import Iterator

import pytest
import requests

from tests.e2e.engine import docker, nginx_image, python_image, running_engine
from tests.e2e.load import SteadyLoad
from tests.e2e.nginx import certify
from tests.e2e.stack import Stack
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.client import Client
from tests.support.waiting import TIMEOUT_S, wait_until

FIRST_MODEL_TIMEOUT_S = 300
PICTURE = digits.picture(8)
SECOND_TRAINING = (
    *("run", "--rm", "-T", "trainer", "train", "--data", "/data", "--no-gate"),
    *("--hidden", "30", "--epochs", "1", "--json"),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The images, built; nothing runs before the test or after it."""
    need_tools()
    scratch = tmp_path_factory.mktemp("containers")
    with running_engine(scratch):
        data, tls, scans = (scratch / name for name in ("data", "tls", "scans"))
        data.mkdir(mode=0o755)
        digits.write_mnist(data)
        tls.mkdir(mode=0o755)
        certify(tls)
        (tls / "digits.key").chmod(0o644)  # for nginx, which is not root there
        scans.mkdir()
        scans.chmod(0o777)  # for user 10001
        for digit in range(10):
            (scans / f"{digit}.png").write_bytes(digits.picture(digit))
        stack = Stack(python_image(), nginx_image(), data, tls, scans)
        stack.down()  # what a run that was killed left behind
        stack.compose("build")
        try:
            yield stack
        finally:
            stack.down()


@pytest.fixture(scope="module")
def before_a_model(built: Stack) -> dict[str, int]:
    """The status codes of the service alone, over an empty store."""
    built.compose("up", "--detach", "service")
    wait_until("the service is alive", built.service.is_alive)
    return {
        "live": built.service.get("/healthz").status_code,
        "ready": built.service.get("/readyz").status_code,
        "predict": built.service.predict(PICTURE).status_code,
    }


@pytest.fixture(scope="module")
def stack(built: Stack, before_a_model: dict[str, int]) -> Stack:
    """Service and trainer, once there is a first model."""
    assert before_a_model["ready"] == 503
    built.compose("up", "--detach")
    wait_until("a first model", built.service.is_ready, FIRST_MODEL_TIMEOUT_S)
    # Each worker looks for models by itself, once a second.
    wait_until("one in every worker", lambda: _always_ready(built.service))
    return built


def _always_ready(service: Client) -> bool:
    return all(service.is_ready() for _ in range(30))


def test_service_starts_at_once_and_waits_for_a_model(
    before_a_model: dict[str, int],
) -> None:
    assert before_a_model == {"live": 200, "ready": 503, "predict": 503}


def test_service_reads_digits(stack: Stack) -> None:
    answers = [stack.service.upload(digits.picture(d)).json() for d in range(10)]
    labels = [answer.get("label") for answer in answers]
    assert sum(label == d for d, label in enumerate(labels)) >= 8, answers
    raw = stack.service.predict(PICTURE).json()
    assert raw["outputs"] == answers[8]["outputs"]


def test_second_training_is_served_without_a_failed_request(stack: Stack) -> None:
    with SteadyLoad(lambda: stack.service.predict(PICTURE)) as load:
        training = stack.compose(*SECOND_TRAINING)
        load.wait_for_version(json.loads(training.stdout)["version"])
    assert load.failures == []


def test_proxy_stands_in_front(stack: Stack) -> None:
    direct = stack.service.predict(PICTURE).json()
    answer = stack.proxy.request(
        "POST", "/predict", data=PICTURE, headers={"Content-Type": "image/png"}
    )
    assert answer.json()["outputs"] == direct["outputs"]
    described = stack.proxy.request("GET", "/openapi.json").json()
    assert described["servers"] == [{"url": stack.proxy.url}]  # nginx is believed
    plain = requests.get(
        f"{stack.proxy.plain_url}/digits/", allow_redirects=False, timeout=TIMEOUT_S
    )
    assert plain.status_code == 308


def test_container_is_healthy(stack: Stack) -> None:
    wait_until(
        "the health check has run",
        lambda: stack.inspect("service", "{{.State.Health.Status}}") == "healthy",
    )


@pytest.mark.parametrize(
    ("name", "user"), [("service", "10001"), ("trainer", "10001"), ("proxy", "101")]
)
def test_process_has_no_rights(stack: Stack, name: str, user: str) -> None:
    assert stack.inside(name, "id", "-u").stdout.strip() == user
    status = stack.inside(name, "cat", "/proc/self/status").stdout
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert {facts[f"Cap{kind}"] for kind in ("Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert facts["NoNewPrivs"] == "1"


@pytest.mark.parametrize(
    ("name", "path", "allowed"),
    [
        ("service", "/app/new", False),
        ("service", "/models/new", False),
        ("service", "/state/new", True),
        ("service", "/tmp/new", True),
        ("proxy", "/etc/nginx/new", False),
        ("trainer", "/app/new", False),
        ("trainer", "/models/new", True),
        ("trainer", "/state/new", True),
        ("trainer", "/tmp/new", True),
    ],
)
def test_only_its_own_volumes_are_writable(
    stack: Stack, name: str, path: str, allowed: bool
) -> None:
    touched = stack.inside(name, "touch", path)
    assert (touched.returncode == 0) == allowed
    assert allowed or "Read-only file system" in touched.stderr
    if allowed:
        stack.inside(name, "rm", path)


@pytest.mark.parametrize("library", ["pandas", "sklearn", "scipy", "matplotlib", "pip"])
def test_service_image_carries_nothing_of_the_trainer(
    stack: Stack, library: str
) -> None:
    imported = stack.inside("service", "python", "-c", f"import {library}")
    assert "ModuleNotFoundError" in imported.stderr


def test_cluster_of_compose_scores_a_folder(stack: Stack) -> None:
    scheduler = ("--scheduler", "tcp://bulk-scheduler:8786")
    command = ("service.bulk", "/scans", "--out", "/scans/labels.csv", *scheduler)
    run = stack.inside("bulk-worker", "python", "-m", *command)
    assert run.returncode == 0, run.stderr
    with (stack.scans / "labels.csv").open() as table:
        rows = list(csv.DictReader(table))
    answers = [stack.service.upload(digits.picture(d)).json() for d in range(10)]
    assert [(row["source"], row["label"]) for row in rows] == [
        (f"/scans/{d}.png", str(answer["label"])) for d, answer in enumerate(answers)
    ]


def test_packages_are_the_same_layer_when_built_again(stack: Stack) -> None:
    base = f"PYTHON_IMAGE={stack.python_image}"
    build("digits-test-tools", "--target", "tools", "--build-arg", base)
    again = ("--no-cache", "--file", "tests/e2e/again.Dockerfile")
    build("digits-test-packages", *again)
    [packages] = layers_of("digits-test-packages")
    assert packages in layers_of(stack.inspect("service", "{{.Image}}"))


def build(tag: str, *options: str) -> None:
    """An image of this checkout; it reaches the package index as this host does."""
    docker("build", "--quiet", "--network", "host", "--tag", tag, *options, ".")


def layers_of(image: str) -> list[str]:
    """The digest of each layer."""
    template = "{{json .RootFS.Layers}}"
    layers: list[str] = json.loads(docker("image", "inspect", "-f", template, image))
    return layers


@pytest.mark.parametrize(("name", "code"), [("service", "0"), ("trainer", "143")])
def test_container_stops_on_request_and_starts_again(
    stack: Stack, name: str, code: str
) -> None:
    stack.compose("stop", name)
    assert stack.inspect(name, "{{.State.ExitCode}}") == code
    stack.compose("start", name)
    wait_until("the service is ready", stack.service.is_ready)
