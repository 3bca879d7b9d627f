"""Fetching MNIST: checked, from the next mirror if need be, and never half-written."""

import gzip
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.support.commands import Place
from tests.trainer.csv_files import Rows, write
from trainer.data import download
from trainer.data.choice import full_mnist
from trainer.data.dataset import Dataset
from trainer.data.download import CHECKSUMS, fetch
from trainer.data.mnist_csv import read_csv
from trainer.errors import FetchFailed

Files = dict[str, bytes]
Mirror = Callable[[Files], str]
CSVS = ["MNIST_test.csv.gz", "MNIST_train.csv.gz"]


def idx(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    """An IDX file: magic number with the dimensions, their sizes, the bytes."""
    header = bytes([0, 0, 8, array.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(header + sizes + array.tobytes())


@pytest.fixture
def files(digits: Dataset) -> Files:
    """The four files of MNIST, with 5 and 3 digits."""
    images = digits.pixels.reshape(-1, 28, 28)
    return {
        "train-images-idx3-ubyte.gz": idx(images[:5]),
        "train-labels-idx1-ubyte.gz": idx(digits.labels[:5]),
        "t10k-images-idx3-ubyte.gz": idx(images[5:8]),
        "t10k-labels-idx1-ubyte.gz": idx(digits.labels[5:8]),
    }


@pytest.fixture
def checksums(files: Files) -> dict[str, str]:
    return {
        name: f"sha256:{hashlib.sha256(content).hexdigest()}"
        for name, content in files.items()
    }


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[str]:
    """A mirror of these files; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path.removeprefix("/mnist/"))
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/mnist/"
        server.shutdown()


@contextmanager
def listening() -> Iterator[str]:
    """A mirror that takes a request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mnist/"


def nobody() -> str:
    """The address of a mirror that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/mnist/"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.rglob("*"))


def quiet(_text: str) -> None:
    """Nobody listens."""


def test_idx_files_become_csvs(
    tmp_path: Path, files: Files, checksums: dict[str, str], digits: Dataset
) -> None:
    directory = tmp_path / "data"
    with serving(files) as mirror:
        paths = fetch(directory, quiet, [mirror], checksums)
    assert sorted(path.name for path in paths) == names(directory) == CSVS
    train, test = (read_csv(path) for path in paths)
    np.testing.assert_array_equal(train.pixels, digits.pixels[:5])
    np.testing.assert_array_equal(train.labels, digits.labels[:5])
    np.testing.assert_array_equal(test.pixels, digits.pixels[5:8])
    np.testing.assert_array_equal(test.labels, digits.labels[5:8])


def test_same_files_give_the_same_bytes(
    tmp_path: Path, files: Files, checksums: dict[str, str]
) -> None:
    with serving(files) as mirror:
        first, second = (
            fetch(tmp_path / name, quiet, [mirror], checksums) for name in ("a", "b")
        )
    for ours, theirs in zip(first, second, strict=True):
        assert ours.read_bytes() == theirs.read_bytes()


def spoilt(files: Files) -> Files:
    return {**files, "t10k-labels-idx1-ubyte.gz": idx(np.zeros(3, np.uint8))}


def lacking(files: Files) -> Files:
    return {k: v for k, v in files.items() if k != "t10k-labels-idx1-ubyte.gz"}


BAD_MIRRORS: dict[str, tuple[Callable[[Files], Files], str]] = {
    "wrong checksum": (spoilt, "wrong checksum"),
    "404": (lacking, "HTTP 404"),
    "nothing": (lambda _: {}, "HTTP 404"),
}


@pytest.mark.parametrize(("change", "reason"), BAD_MIRRORS.values(), ids=BAD_MIRRORS)
def test_bad_mirror_is_told_and_leaves_nothing(
    tmp_path: Path,
    files: Files,
    checksums: dict[str, str],
    change: Callable[[Files], Files],
    reason: str,
) -> None:
    with serving(change(files)) as mirror, pytest.raises(FetchFailed) as failure:
        fetch(tmp_path / "data", quiet, [mirror], checksums)
    assert reason in str(failure.value)
    assert mirror in str(failure.value)
    assert "\n" not in str(failure.value)
    assert names(tmp_path / "data") == []


@pytest.mark.parametrize("change", [spoilt, lacking])
def test_second_mirror_is_asked_if_the_first_is_bad(
    tmp_path: Path,
    files: Files,
    checksums: dict[str, str],
    change: Callable[[Files], Files],
) -> None:
    said: list[str] = []
    with serving(change(files)) as bad, serving(files) as good:
        fetch(tmp_path, said.append, [bad, good], checksums)
    assert names(tmp_path) == CSVS
    assert [any(mirror in text for text in said) for mirror in (bad, good)] == [
        True, True,
    ]  # fmt: skip


def test_second_mirror_is_asked_if_the_first_is_not_there(
    tmp_path: Path, files: Files, checksums: dict[str, str]
) -> None:
    with serving(files) as good:
        fetch(tmp_path, quiet, [nobody(), good], checksums)
    assert names(tmp_path) == CSVS


def test_no_connection_is_told(tmp_path: Path, checksums: dict[str, str]) -> None:
    with pytest.raises(FetchFailed, match="no connection"):
        fetch(tmp_path, quiet, [nobody()], checksums)


def test_silent_mirror_is_given_up(
    tmp_path: Path, checksums: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the other mirrors with it: the time is for all of them together."""
    monkeypatch.setattr(download, "_TIMEOUT_S", 0.2)
    said: list[str] = []
    with (
        listening() as mirror,
        pytest.raises(FetchFailed, match=r"no answer in 0\.2 s"),
    ):
        fetch(tmp_path / "data", said.append, [mirror, nobody()], checksums)
    assert len(said) == 1
    assert names(tmp_path / "data") == []


def test_directory_that_cannot_be_written_is_told(
    tmp_path: Path, checksums: dict[str, str]
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FetchFailed, match="Not a directory"):
        fetch(tmp_path / "file" / "data", quiet, [nobody()], checksums)


def test_nothing_is_downloaded_if_the_files_are_there(
    tmp_path: Path, rows: Rows
) -> None:
    for name in CSVS:
        write(tmp_path / name, rows[:3])
    paths = fetch(tmp_path, pytest.fail, [nobody()], there=full_mnist(tmp_path))
    assert sorted(path.name for path in paths) == CSVS


def test_command_names_the_files_that_are_there(place: Place, rows: Rows) -> None:
    place.data.mkdir()
    for name in CSVS:
        write(place.data / name, rows[:3])
    document = place.json("trainer", "data", "fetch")
    assert sorted(document["files"]) == [str(place.data / name) for name in CSVS]


def test_checksums_are_those_that_are_published() -> None:
    """As in torchvision's and other libraries' loaders of MNIST."""
    assert CHECKSUMS == {
        "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
    }


@pytest.mark.parametrize("below", ["", "MNIST"])
@pytest.mark.parametrize("name", ["MNIST_{}.csv", "mnist_{}.csv.xz"])
def test_set_in_place_under_another_name_is_not_downloaded(
    tmp_path: Path, below: str, name: str
) -> None:
    place = tmp_path / below
    place.mkdir(exist_ok=True)
    there = [place / name.format(part) for part in ("train", "test")]
    for path in there:
        path.touch()
    assert full_mnist(tmp_path) == (*there,)
    assert fetch(tmp_path, quiet, [nobody()], there=full_mnist(tmp_path)) == there


def test_test_rows_alone_are_downloaded_beside_the_training_rows(
    tmp_path: Path, files: Files, checksums: dict[str, str], rows: Rows
) -> None:
    (tmp_path / "MNIST").mkdir()
    train = write(tmp_path / "MNIST" / "MNIST_train.csv", rows)
    before = train.read_bytes()
    with serving(files) as mirror:
        paths = fetch(tmp_path, quiet, [mirror], checksums, full_mnist(tmp_path))
    assert paths == [train, tmp_path / "MNIST" / "MNIST_test.csv.gz"]
    assert train.read_bytes() == before
    assert len(read_csv(paths[1])) == 3
