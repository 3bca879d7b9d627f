"""Only files on the allow list are loaded, if there is one."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from model_store import (
    AllowList,
    Card,
    ModelNotAllowed,
    ModelStore,
    Network,
    StoreUnavailable,
)

Publish = Callable[[], str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "SHA256SUMS"


@pytest.fixture
def listed(tmp_path: Path, path: Path) -> ModelStore:
    """A store with an allow list that is not there yet."""
    return ModelStore(tmp_path / "models", tmp_path / "state", AllowList(path))


@pytest.fixture
def published(listed: ModelStore, network: Network, card: Card) -> Publish:
    """Publish a version; its SHA-256 sum."""

    def published() -> str:
        version = listed.publish(network, card)
        return hashlib.sha256(listed.path(version).read_bytes()).hexdigest()

    return published


@pytest.mark.parametrize("line", ["{}", "{}  000001.npz", "{} *a b.npz", "\\{}  a\\nb"])
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_listed_version_is_loaded(
    listed: ModelStore,
    path: Path,
    published: Publish,
    line: str,
    case: Callable[[str], str],
) -> None:
    path.write_text(f"{'0' * 64}  other\n\n{line.format(case(published()))}\n")
    assert listed.load(1).version == 1
    assert listed.verify(1) is None


def test_version_that_is_not_listed_is_refused_with_its_sum(
    listed: ModelStore, path: Path, published: Publish
) -> None:
    path.write_text(f"{'0' * 64}  000001.npz\n")
    found = published()
    with pytest.raises(ModelNotAllowed, match=found) as refusal:
        listed.load(1)
    assert refusal.value.sha256 == found
    with pytest.raises(ModelNotAllowed):
        listed.pin(1)
    assert listed.pinned() is None


def test_unlisted_file_is_refused_before_it_is_parsed(
    listed: ModelStore, path: Path, published: Publish
) -> None:
    path.write_text(published())
    listed.path(1).write_bytes(b"not even a model")
    with pytest.raises(ModelNotAllowed):
        listed.load(1)


@pytest.mark.parametrize("text", [None, "000001.npz\n", "0123  000001.npz\n", "\0"])
def test_without_a_readable_list_nothing_is_loaded(
    listed: ModelStore, path: Path, published: Publish, text: str | None
) -> None:
    published()
    if text is not None:
        path.write_text(text)
    with pytest.raises(StoreUnavailable, match="SHA256SUMS"):
        listed.load(1)


def test_change_of_the_list_changes_the_fingerprint(
    listed: ModelStore, path: Path, published: Publish
) -> None:
    seen = [(published(), listed.fingerprint(1))[1]]
    for text in ("", "0" * 64):
        path.write_text(text)
        seen.append(listed.fingerprint(1))
    path.unlink()
    assert listed.fingerprint(1) == seen[0]
    assert len(set(seen)) == 3
