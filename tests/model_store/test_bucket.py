"""What holds for a store in a bucket: conditions, lost answers, one poller a host."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model_store import Card, ModelStore, Network, StoreUnavailable, open_store
from model_store.address import ALLOWED, ObjectsMissing, check_installed
from tests.support.buckets import s3_variables
from tests.support.commands import Place
from tests.support.gateway import Answered, Asked, Gateway
from tests.support.stores import move


@pytest.fixture
def gateway(bucket: str) -> Iterator[Gateway]:
    """What all programs of a test reach the bucket through."""
    assert bucket
    with (
        Gateway(os.environ["AWS_ENDPOINT_URL"]) as gateway,
        s3_variables(gateway.url),
    ):
        yield gateway


@pytest.fixture
def place(gateway: Gateway, bucket: str, tmp_path: Path) -> Place:
    """An empty store in a bucket behind a gateway."""
    assert gateway
    return Place(tmp_path, f"{bucket}/{tmp_path.name}")


class Once:
    """Whether a request is the first one that is so."""

    def __init__(self, words: str) -> None:
        self._words = words
        self.has_been = False

    def __call__(self, asked: Asked) -> bool:
        found = not self.has_been and self._words in f"{asked.method} {asked.path}"
        self.has_been = self.has_been or found
        return found


Fault = Callable[[Asked, Answered], None]


def lose(asked: Asked, answer: Answered) -> None:
    answer.is_lost = True


def turn_into_500(asked: Asked, answer: Answered) -> None:
    answer.status, answer.body, answer.headers = 500, b"", {}


@pytest.mark.parametrize("fault", [lose, turn_into_500])
def test_version_whose_answer_was_lost_is_published_once(
    store: ModelStore, network: Network, card: Card, gateway: Gateway, fault: Fault
) -> None:
    is_hit = Once("npz")
    gateway.on_answer = lambda asked, answer: (
        fault(asked, answer) if asked.method == "PUT" and is_hit(asked) else None
    )
    assert store.publish(network, card) == 1
    assert is_hit.has_been
    assert store.publish(network, card) == 2
    assert store.versions() == [1, 2]


def test_number_that_another_took_while_the_answer_was_lost_is_not_claimed(
    store: ModelStore, network: Network, card: Card, gateway: Gateway
) -> None:
    """Equal bytes are no proof of who wrote them: both published the same model."""
    other = open_store(str(store.root), store.state)
    is_hit = Once("PUT")

    def overtake(asked: Asked) -> None:
        if "000001.npz" in asked.path and is_hit(asked):
            assert other.publish(network, card) == 1

    gateway.on_request = overtake
    assert store.publish(network, card) == 2
    assert store.versions() == [1, 2]


def test_conflict_in_which_nobody_won_is_tried_again(
    store: ModelStore, network: Network, card: Card, gateway: Gateway
) -> None:
    is_hit = Once("PUT")
    gateway.on_request = lambda asked: (
        Answered(409, {}, b"<Error><Code>ConditionalRequestConflict</Code></Error>")
        if "npz" in asked.path and is_hit(asked)
        else None
    )
    assert store.publish(network, card) == 1
    assert is_hit.has_been


def forget_the_condition(asked: Asked) -> None:
    asked.headers = {k: v for k, v in asked.headers.items() if k != "if-none-match"}


def test_bucket_that_ignores_conditions_is_refused(
    place: Place, network: Network, card: Card, gateway: Gateway
) -> None:
    gateway.on_request = forget_the_condition
    with pytest.raises(StoreUnavailable, match="ignores the condition"):
        place.store.publish(network, card)
    assert place.store.versions() == []
    training = place.run("trainer", "train", "--data", "embedded", "--max-seconds", 1)
    assert "ignores the condition" in training.error_line()


def test_objects_cut_short_on_the_way_are_told_as_unavailable(
    store: ModelStore, network: Network, card: Card, gateway: Gateway
) -> None:
    store.publish(network, card)

    def cut(asked: Asked, answer: Answered) -> None:
        if asked.path.endswith("npz") and asked.method == "GET":
            answer.body = answer.body[: len(answer.body) // 2]

    gateway.on_answer = cut
    with pytest.raises(StoreUnavailable):
        store.read(1)
    gateway.on_answer = lambda _asked, _answer: None
    assert store.read(1).version == 1


@pytest.mark.parametrize("status", [403, 404])
def test_bucket_that_refuses_is_told_in_one_line(
    place: Place, gateway: Gateway, status: int
) -> None:
    body = b"<Error><Code>NoSuchBucket</Code></Error>" if status == 404 else b""
    gateway.on_request = lambda _asked: Answered(status, {}, body)
    for command in ("list", "verify", "history"):
        line = place.run("model_store", command).error_line()
        assert str(place.bucket) in line
        assert ("credentials" if status == 403 else "no such bucket") in line


def test_all_workers_of_a_host_look_once(
    place: Place, network: Network, card: Card, gateway: Gateway
) -> None:
    place.store.publish(network, card)
    workers = [
        open_store(place.address, place.root / "state", poll_s=60) for _ in range(4)
    ]
    gateway.asked.clear()
    for worker in workers * 5:
        assert worker.versions() == [1]
        assert worker.served().version == 1
    assert len([line for line in gateway.asked if "list-type" in line]) == 3
    assert len([line for line in gateway.asked if ".npz" in line]) == 1


def test_what_one_worker_decides_the_others_see_at_once(
    place: Place, network: Network, card: Card
) -> None:
    for _ in range(2):
        place.store.publish(network, card)
    one, other = (
        open_store(place.address, place.root / "state", poll_s=60) for _ in range(2)
    )
    assert (one.pinned(), other.pinned()) == (None, None)
    one.pin(1)
    assert (other.pinned(), other.served().version) == (1, 1)


def test_fault_is_remembered_until_it_is_time_to_look_again(
    place: Place, network: Network, card: Card, gateway: Gateway
) -> None:
    place.store.publish(network, card)
    worker = open_store(place.address, place.root / "state", poll_s=60)
    gateway.on_request = lambda _asked: Answered(403, {}, b"")
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="credentials"):
            worker.versions()
    gateway.on_request = lambda _asked: None
    asked = len(gateway.asked)
    with pytest.raises(StoreUnavailable, match="credentials"):
        worker.versions()
    assert len(gateway.asked) == asked
    place.store.pin(1)  # of another process, which asks for itself
    assert place.store.versions() == [1]


def test_what_was_fetched_goes_when_its_object_does(
    place: Place, network: Network, card: Card
) -> None:
    for _ in range(2):
        place.store.publish(network, card)
    kept = place.root / "state" / "objects"
    store = place.store
    assert [store.read(version).version for version in (1, 2)] == [1, 2]
    assert len([*kept.rglob("*.npz.*")]) == 2
    place.store.path(1).unlink()
    assert place.store.served().version == 2
    assert len([*kept.rglob("*.npz.*")]) == 1


def test_object_that_was_replaced_is_fetched_again(
    place: Place, network: Network, card: Card
) -> None:
    place.store.publish(network, card)
    place.store.publish(network, card)
    assert place.store.verify(1) is None
    place.store.path(1).write_bytes(b"foreign")
    assert place.store.verify(1) is not None
    move(place.store.path(2), place.store.path(1))
    assert place.store.verify(1) is None


def test_store_works_where_nothing_can_be_kept(
    place: Place, network: Network, card: Card
) -> None:
    (place.root / "state").touch()
    store = open_store(place.address, place.root / "state", poll_s=60)
    store.publish(network, card)
    store.pin(1)
    assert (store.pinned(), store.served().version) == (1, 1)


def test_reports_that_are_not_there_are_known_from_one_listing(
    place: Place, network: Network, card: Card, gateway: Gateway
) -> None:
    place.store.publish(network, card)
    store = place.store
    assert not (store.root / "reports" / "000009" / "index.html").is_file()
    gateway.asked.clear()
    for version in range(10, 20):
        assert not (store.root / "reports" / f"{version:06d}/index.html").is_file()
    # On a busy machine it may be a second old meanwhile, and be asked for again.
    assert len(gateway.asked) <= 3


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/models", "file:///models", "s3:/bucket", "s3://", "S3://bucket/models",
        "s3://bucket/a b", "s3://bucket//models", "s3://bucket?x=1", "https://bucket.s3.example",
    ],
)  # fmt: skip
def test_address_of_another_kind_is_refused(tmp_path: Path, address: str) -> None:
    place = Place(tmp_path, address)
    line = place.run("model_store", "list").error_line()
    assert repr(address) in line
    assert ALLOWED in line


def test_credentials_in_an_address_are_refused_and_not_shown(tmp_path: Path) -> None:
    place = Place(tmp_path, "s3://key:hidden@bucket/models")
    line = place.run("model_store", "list").error_line()
    assert "s3://...@bucket/models" in line
    assert "hidden" not in line


def test_bucket_without_the_extra_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ObjectsMissing, match=r"pip install 'digits\[objects\]'"):
        check_installed("s3://bucket/models")
    check_installed("models")
