"""What is to be scored, cut into parts: files of a folder, or members of an archive.

Every run cuts the same sources in the same way, so that one that goes on after an
interruption knows which parts are done.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final, Literal, TypeVar

from service.bulk.archives import (
    PICTURES_A_PART,
    Span,
    spans_of_csv,
    spans_of_tar,
    spans_of_zip,
)
from service.bulk.places import files_of

T = TypeVar("T")
Kind = Literal["files", "zip", "tar", "csv"]
_ENDINGS: dict[Kind, tuple[str, ...]] = {
    "zip": (".zip",),
    "tar": (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"),
    "csv": (".csv", ".csv.gz"),
}
_SPANS: dict[Kind, Callable[[str], Iterable[Span]]] = {
    "zip": spans_of_zip,
    "tar": spans_of_tar,
    "csv": spans_of_csv,
}
_ALL: Final = Span(0, None)


@dataclass(frozen=True)
class Part:
    """What one task scores.

    Attributes:
        paths: the pictures, or the one archive or CSV file.
        span: what of that file.
    """

    kind: Kind
    paths: tuple[str, ...]
    span: Span = _ALL


def parts_of(sources: Sequence[str], without: str) -> list[Part]:
    """Every source's parts, in order, but for one file. Raises NoSource."""
    parts: list[Part] = []
    for source in sources:
        files = files_of(source)
        for kind, group in groupby((f for f in files if f != without), _kind):
            parts += _parts(kind, list(group))
    return parts


def in_lots(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many of the things at a time, in order; fewer in the last lot."""
    following = iter(things)
    while lot := list(islice(following, size)):
        yield lot


def _kind(file: str) -> Kind:
    name = file.lower()
    return next(
        (kind for kind, ends in _ENDINGS.items() if name.endswith(ends)), "files"
    )


def _parts(kind: Kind, files: list[str]) -> Iterator[Part]:
    if kind == "files":
        for some in in_lots(files, PICTURES_A_PART):
            yield Part(kind, tuple(some))
    else:
        for file in files:
            for span in _SPANS[kind](file):
                yield Part(kind, (file,), span)
