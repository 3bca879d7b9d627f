"""Two services in a real swarm: one limit and one pin, an update, a bad image."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from model_store import Card, ModelStore, Network
from tests.e2e.engine import docker, nginx_image, python_image, running_engine
from tests.e2e.load import SteadyLoad
from tests.e2e.swarm import STACK, TOKEN, Swarm, one_node
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.waiting import wait_until

LIMIT = 60
BAD = 'FROM digits-service:0.1.0\nENTRYPOINT ["false"]\n'


@pytest.fixture(scope="module")
def swarm(
    tmp_path_factory: pytest.TempPathFactory, network: Network, card: Card
) -> Iterator[Swarm]:
    """Two services that are ready, with a model that has learnt nothing."""
    need_tools()
    scratch = tmp_path_factory.mktemp("swarm")
    ModelStore(scratch / "models", scratch).publish(network, card)
    with running_engine(scratch):
        swarm = Swarm(python_image(), nginx_image(), scratch)
        swarm.build("service", "0.1.0")
        swarm.build("service", "0.2.0", "--build-arg", "COMMIT=next")
        (scratch / "bad").mkdir()
        (scratch / "bad" / "Dockerfile").write_text(BAD)
        docker("build", "--quiet", "--tag", "digits-service:bad", str(scratch / "bad"))
        with one_node(swarm):
            swarm.put_models(scratch / "models")
            swarm.deploy("0.1.0", f"{LIMIT}/hour")
            wait_until("both are healthy", lambda: len(swarm.running()) == 2)
            wait_until("the proxy sees one", swarm.is_ready)
            yield swarm


def predict(swarm: Swarm) -> requests.Response:
    return swarm.proxy.request(
        "POST",
        "/predict",
        data=digits.picture(7),
        headers={"Content-Type": "image/png"},
    )


def test_two_services_count_one_limit_and_follow_one_pin(swarm: Swarm) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(predict, swarm) for _ in range(2 * LIMIT)]
        statuses = Counter(answer.result().status_code for answer in asked)
    assert statuses == {200: LIMIT, 429: LIMIT}
    assert min(swarm.predictions()) > 0  # nginx asks both
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert swarm.proxy.request("POST", "/models/1/pin", headers=headers).ok
    wait_until("both have followed", lambda: _all_pinned(swarm))


def _all_pinned(swarm: Swarm) -> bool:
    answers = [swarm.proxy.request("GET", "/readyz").json() for _ in range(20)]
    return all(answer["pinned"] == 1 for answer in answers)


def test_rolling_update_costs_no_request(swarm: Swarm) -> None:
    swarm.deploy("0.1.0", "1000000/hour")
    wait_until("the limit is another", lambda: predict(swarm).ok)
    wait_until("that is done", lambda: swarm.update_state() == "completed")
    with SteadyLoad(lambda: predict(swarm)) as load:
        swarm.deploy("0.2.0", "1000000/hour")
        wait_until("the update is done", lambda: _is_done(swarm, "0.2.0"))
    assert load.failures == []
    assert len(load.versions) > 100


def _is_done(swarm: Swarm, tag: str) -> bool:
    if swarm.update_state() not in ("completed", "rollback_completed"):
        return False
    return swarm.running() == [f"digits-service:{tag}"] * 2


def test_bad_image_is_rolled_back_and_costs_no_request(swarm: Swarm) -> None:
    with SteadyLoad(lambda: predict(swarm)) as load:
        swarm.deploy("bad", "1000000/hour")
        wait_until("it is rolled back", lambda: _is_rolled_back(swarm))
    assert load.failures == []
    assert load.versions
    assert swarm.running() == ["digits-service:0.2.0"] * 2


def _is_rolled_back(swarm: Swarm) -> bool:
    failed = docker("service", "ps", "--format", "{{.Image}}", f"{STACK}_service")
    return "digits-service:bad" in failed and (
        swarm.update_state() == "rollback_completed"
    )
