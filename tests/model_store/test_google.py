"""A store at gs://, as obstore asks Google for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model_store import Card, ModelNotFound, ModelStore, Network, StoreUnavailable
from model_store.opening import open_store
from tests.support.gateway import Answered, Asked, Gateway
from tests.support.google import imitated_google_bucket

Opened = Callable[[], ModelStore]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """What the bucket gs://google is reached through."""
    with imitated_google_bucket("google") as gateway:
        yield gateway


@pytest.fixture
def opened(gateway: Gateway, tmp_path: Path) -> Opened:
    """Another host's view of the same store, each time."""
    assert gateway
    hosts = iter(range(10))
    return lambda: open_store(
        f"gs://google/{tmp_path.name}", tmp_path / str(next(hosts))
    )


def test_version_is_published_and_read_on_another_host(
    opened: Opened, network: Network, card: Card
) -> None:
    with pytest.raises(ModelNotFound):
        opened().served()
    assert opened().publish(network, card) == 1
    assert opened().versions() == [1]
    assert opened().verify(1) is None
    assert (opened().load(1).network.weights[0] == network.weights[0]).all()


def test_two_hosts_never_get_the_same_number(
    opened: Opened, network: Network, card: Card
) -> None:
    one, other = opened(), opened()
    assert one.versions() == other.versions() == []
    numbers = [store.publish(network, card) for store in (one, other, one)]
    assert numbers == [1, 2, 3]


def test_lost_answer_is_no_lost_version(
    opened: Opened, gateway: Gateway, network: Network, card: Card
) -> None:
    to_google = gateway.on_answer
    lost: list[str] = []

    def lose_first(asked: Asked, answer: Answered) -> None:
        to_google(asked, answer)
        if asked.method == "PUT" and "000001" in asked.path and not lost:
            answer.is_lost = True
            lost.append(asked.path)

    gateway.on_answer = lose_first
    assert opened().publish(network, card) == 1
    assert lost
    assert opened().versions() == [1]


def test_bucket_that_ignores_the_condition_is_refused(
    opened: Opened, gateway: Gateway, network: Network, card: Card
) -> None:
    to_s3 = gateway.on_request

    def ignore(asked: Asked) -> None:
        to_s3(asked)
        asked.headers.pop("if-none-match", None)

    gateway.on_request = ignore
    with pytest.raises(StoreUnavailable, match="ignores the condition"):
        opened().publish(network, card)
