"""What a test's store holds, for tests that look into it or write by hand."""

from pathlib import Path

from model_store import ModelStore
from model_store.objects.path import ObjectPath
from model_store.place import StorePath


def root_of(store: ModelStore) -> Path:
    """The store's own directory."""
    assert isinstance(store.root, Path)
    return store.root


def file_of(store: ModelStore, version: int) -> Path:
    """A version's file, or where it would be."""
    path = store.path(version)
    assert isinstance(path, Path)
    return path


def decided_in(store: ModelStore) -> StorePath:
    """Where decisions are kept, and a file PINNED would be."""
    return store.root if isinstance(store.root, ObjectPath) else store.state


def write(path: StorePath, content: bytes | str) -> None:
    """Put a file or an object there, however it may be."""
    if isinstance(path, Path):
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def move(path: StorePath, target: StorePath) -> None:
    """Give a file or an object another name."""
    write(target, path.read_bytes())
    path.unlink()


def files_in(directory: StorePath) -> list[str]:
    """The names of all files or objects below it."""
    found = []
    if directory.is_dir():
        for path in directory.iterdir():
            below = files_in(path)
            found += (
                [path.name] if path.is_file() else [f"{path.name}/{b}" for b in below]
            )
    return sorted(found)
