"""What is to be scored, cut into parts: files of a folder, or members of an archive.

Every run cuts the same sources in the same way, so that one that goes on after an
interruption knows which parts are done.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Literal, TypeVar

from service.bulk.archives import PICTURES_A_PART, Span, spans_of_tar, spans_of_zip
from service.bulk.errors import NoSource

T = TypeVar("T")
Kind = Literal["files", "zip", "tar", "csv"]
_ENDINGS: dict[Kind, tuple[str, ...]] = {
    "zip": (".zip",),
    "tar": (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"),
    "csv": (".csv", ".csv.gz"),
}
_SPANS: dict[Kind, Callable[[Path], Iterable[Span | None]]] = {
    "zip": spans_of_zip,
    "tar": spans_of_tar,
    "csv": lambda _: [None],
}


@dataclass(frozen=True)
class Part:
    """What one task scores.

    Attributes:
        paths: the pictures, or the one archive.
        span: of a zip file, from which member up to which; of a tar file, from which
            byte, unpacked, up to which (None: its end). None: all of it.
    """

    kind: Kind
    paths: tuple[str, ...]
    span: Span | None = None


def parts_of(sources: Sequence[Path], without: Path) -> list[Part]:
    """Every source's parts, in order, but for one file. Raises NoSource."""
    parts: list[Part] = []
    for source in sources:
        files = [source] if source.is_file() else _files_below(source)
        for kind, group in groupby((f for f in files if f != without), _kind):
            parts += _parts(kind, list(group))
    return parts


def in_lots(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many of the things at a time, in order; fewer in the last lot."""
    following = iter(things)
    while lot := list(islice(following, size)):
        yield lot


def _files_below(folder: Path) -> list[Path]:
    """All files of a folder, in the order of their names, but for hidden ones."""
    found = []
    try:
        if not folder.is_dir():
            raise FileNotFoundError(2, "no such file or directory")
        for where, folders, names in os.walk(folder, onerror=_give_up):
            folders[:] = sorted(name for name in folders if _is_shown(name))
            found += [Path(where, name) for name in sorted(names) if _is_shown(name)]
    except OSError as error:
        raise NoSource(f"{error.filename or folder}: {error.strerror}") from None
    return found


def _give_up(error: OSError) -> None:
    raise error


def _is_shown(name: str) -> bool:
    return not name.startswith(".") and name != "__MACOSX"


def _kind(path: Path) -> Kind:
    name = path.name.lower()
    return next(
        (kind for kind, ends in _ENDINGS.items() if name.endswith(ends)), "files"
    )


def _parts(kind: Kind, files: list[Path]) -> Iterator[Part]:
    if kind == "files":
        for some in in_lots(map(str, files), PICTURES_A_PART):
            yield Part(kind, tuple(some))
    else:
        for file in files:
            for span in _SPANS[kind](file):
                yield Part(kind, (str(file),), span)
