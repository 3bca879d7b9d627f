"""Downloading MNIST: the IDX files by their published checksums, written as CSV."""

import gzip
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pooch
import requests
from numpy.typing import NDArray

from model_store.errors import StoreUnavailable
from model_store.files.whole_file import whole_file
from trainer.errors import FetchFailed

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
# LeCun, Cortes and Burges' four files; the checksums are those that the large
# libraries publish.
CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
}
_CSV_OF = {"train": "MNIST_train.csv.gz", "t10k": "MNIST_test.csv.gz"}
_TIMEOUT_S = 10


def fetch(
    directory: Path,
    say: Callable[[str], None],
    mirrors: Sequence[str] = MIRRORS,
    checksums: Mapping[str, str] = CHECKSUMS,
    there: tuple[Path | None, Path | None] = (None, None),
) -> list[Path]:
    """Download what is missing of MNIST's two files as CSV; returns their paths.

    there: the training and the test set, where they are in place. A mirror that is
    silent for 10 s is given up. Raises FetchFailed; no half-written file is then left.
    """
    beside = there[0].parent if there[0] else directory
    wanted = {
        part: path or beside / name
        for (part, name), path in zip(_CSV_OF.items(), there, strict=True)
    }
    if all(there):
        return list(wanted.values())
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".fetching-") as scratch:
            files = _downloaded(Path(scratch), say, mirrors, checksums)
            # The training set last: without it, a run that was killed begins again.
            for part, path in reversed(wanted.items()):
                if path in there:
                    continue
                images = _idx(files[f"{part}-images-idx3-ubyte.gz"])
                labels = _idx(files[f"{part}-labels-idx1-ubyte.gz"])
                _write_csv(path, images.reshape(len(labels), 784), labels)
                say(f"wrote {path}: {len(labels)} rows")
    except StoreUnavailable as error:
        raise FetchFailed(f"MNIST could not be written: {error}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise FetchFailed(
            f"MNIST could not be written to {directory}: {reason}"
        ) from None
    return list(wanted.values())


def _downloaded(
    scratch: Path,
    say: Callable[[str], None],
    mirrors: Sequence[str],
    checksums: Mapping[str, str],
) -> dict[str, Path]:
    reasons = []
    for mirror in mirrors:
        say(f"downloading MNIST from {mirror}")
        try:
            return {
                name: _download(mirror + name, checksum, scratch)
                for name, checksum in checksums.items()
            }
        except (requests.RequestException, ValueError) as error:
            reasons.append(f"{mirror}: {_in_short(error)}")
            if isinstance(error, requests.Timeout):
                break  # a network without an answer has none for the next mirror
    raise FetchFailed(f"MNIST could not be downloaded ({'; '.join(reasons)})")


def _download(url: str, checksum: str, scratch: Path) -> Path:
    """One checked file. Raises requests' errors, ValueError for a wrong checksum."""
    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(timeout=_TIMEOUT_S)
    name = url.rsplit("/", 1)[-1]
    return Path(pooch.retrieve(url, checksum, name, scratch, downloader=downloader))


def _in_short(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return f"no answer in {_TIMEOUT_S} s"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"HTTP {error.response.status_code}"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "a file with a wrong checksum"


def _idx(path: Path) -> NDArray[np.uint8]:
    """The bytes of an IDX file without its header.

    That is a magic number, whose last byte counts the dimensions, and 4 bytes for each
    dimension (LeCun's MNIST page).
    """
    content = gzip.decompress(path.read_bytes())
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3])


def _write_csv(
    path: Path, pixels: NDArray[np.uint8], labels: NDArray[np.uint8]
) -> None:
    frame = pd.DataFrame(np.column_stack([labels, pixels]))
    # Neither name nor time in the header: the same digits are the same bytes.
    with whole_file(path) as file, gzip.GzipFile("", "wb", 4, file, 0) as packed:
        frame.to_csv(packed, header=False, index=False)
