"""Places in a store: paths in a directory or in a bucket, and how they are written."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from model_store.errors import StoreUnavailable
from model_store.files.whole_file import give_new_name, unfinished_file, whole_file
from model_store.objects.path import ObjectPath

StorePath = Path | ObjectPath

_NUMBER = re.compile(r"\d{6}|[1-9]\d{6,}", re.ASCII)


def listed(directory: StorePath) -> list[StorePath]:
    """What is in a directory; nothing, if it is not there. Raises StoreUnavailable."""
    try:
        return [*directory.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreUnavailable(directory, error) from None


def content_at(path: StorePath) -> bytes | None:
    """What a file or an object holds, None without it. Raises StoreUnavailable."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnavailable(path, error) from None


def version_of(path: StorePath) -> int:
    """The version that a file or a report is named by; 0 if by none."""
    return int(path.stem) if _NUMBER.fullmatch(path.stem) else 0


def create(path: StorePath, content: bytes) -> None:
    """Let a file or an object appear, whole, where nothing is yet.

    Raises FileExistsError, StoreUnavailable; nothing is then left behind.
    """
    with _told(path):
        if isinstance(path, ObjectPath):
            path.create(content)
            return
        with unfinished_file(path.parent) as file:
            file.write(content)
            try:
                give_new_name(file, path)
            except FileExistsError:
                is_there = True
            else:
                is_there = False
        if is_there:
            raise FileExistsError(path)


def replace(path: StorePath, content: bytes) -> None:
    """Write a file or an object, whole, in place of what there may be.

    Raises StoreUnavailable.
    """
    if isinstance(path, ObjectPath):
        with _told(path):
            path.write_bytes(content)
    else:
        with whole_file(path) as file:
            file.write(content)


@contextlib.contextmanager
def whole_directory(path: StorePath) -> Iterator[Path]:
    """A directory to fill, which takes the place of `path` at the end of the block.

    In a bucket index.html comes last, so that whoever finds it finds all. Raises
    OSError.
    """
    if isinstance(path, ObjectPath):
        with TemporaryDirectory() as made:
            yield Path(made)
            for file in sorted(Path(made).iterdir(), key=_is_index):
                (path / file.name).write_bytes(file.read_bytes())
        return
    # A directory has one writer, so what a killed one left behind can be removed.
    unfinished = path.with_name(f".unfinished-{path.name}")
    for old in (unfinished, path):
        if old.exists():
            shutil.rmtree(old)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        unfinished.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def remove(path: StorePath) -> None:
    """Remove a file or a directory, if it is still there. Raises StoreUnavailable."""
    with _told(path), contextlib.suppress(FileNotFoundError):
        if isinstance(path, Path) and path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: StorePath) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise StoreUnavailable(path, error) from None


def _is_index(file: Path) -> bool:
    return file.name == "index.html"
