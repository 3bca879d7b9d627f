"""The pictures of a part, one by one; what cannot be read is a fault, not an end."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
from PIL import Image, ImageSequence

from model_store.address import is_bucket
from model_store.network import Pixels
from service.bulk.archives import BROKEN, tar_from, unpacked, zip_of
from service.bulk.places import is_hidden, opened
from service.bulk.sources import Part, in_lots
from service.image.files.decoding import DECODER_ERRORS, PILLOWS_LIMIT

# No picture's file is larger: what a service takes is 8 MiB (DIGITS_MAX_UPLOAD_BYTES).
MOST_BYTES: Final = 64 * 2**20
_AWAITED: Final = 8  # answers of a bucket at once
_PIXELS: Final = 784


@dataclass(frozen=True)
class Picture:
    """A picture's file, or its pixels (784,) in MNIST's form.

    Attributes:
        source: where it came from, for whoever looks at the answer.
    """

    source: str
    content: bytes | Pixels


@dataclass(frozen=True)
class Fault:
    """What could not be read, and why."""

    source: str
    reason: str


def pictures_of(part: Part) -> Iterator[Picture | Fault]:
    """Every picture of a part; each page of a TIFF with several is one of its own."""
    read = {"files": _files, "zip": _zip, "tar": _tar, "csv": _csv}[part.kind]
    source = part.paths[0]
    try:
        for found in read(part):
            yield from _pages(found)
    except BROKEN as error:
        yield Fault(source, f"cannot be read any further: {_one_line(error)}")


def _files(part: Part) -> Iterator[Picture | Fault]:
    if not is_bucket(part.paths[0]):
        yield from map(_file, part.paths)
        return
    with ThreadPoolExecutor(_AWAITED) as pool:
        for some in in_lots(part.paths, _AWAITED):
            yield from pool.map(_file, some)


def _file(path: str) -> Picture | Fault:
    try:
        with opened(path) as file:
            return _picture(path, file)
    except OSError as error:
        return Fault(path, error.strerror or str(error))


def _zip(part: Part) -> Iterator[Picture | Fault]:
    [path] = part.paths
    with zip_of(path) as archive:
        for member in archive.infolist()[part.span.start : part.span.until]:
            source = f"{path}/{member.filename}"
            if member.is_dir() or _is_hidden(member.filename):
                continue
            try:
                with archive.open(member) as file:
                    yield _picture(source, file)
            except BROKEN as error:  # encrypted, damaged, an unknown compression
                yield Fault(source, _one_line(error))


def _tar(part: Part) -> Iterator[Picture | Fault]:
    [path] = part.paths
    with tar_from(path, part.span.start) as archive:
        for member in archive:
            if part.span.until is not None and member.offset >= part.span.until:
                return
            if not member.isfile() or _is_hidden(member.name):
                continue
            if file := archive.extractfile(member):
                yield _picture(f"{path}/{member.name}", file)


def _csv(part: Part) -> Iterator[Picture | Fault]:
    """The rows of a CSV of MNIST's form: 784 pixels, perhaps with the label before."""
    [path] = part.paths
    at, until, first = part.span
    with unpacked(path) as lines:
        lines.seek(at)
        for number, line in enumerate(lines, start=first):
            if until is not None and at >= until:
                return
            at += len(line)
            row = line.decode("utf-8-sig", errors="replace")
            if number > 1 or row.split(",")[0].strip().isdecimal():  # no header
                yield _row(f"{path}#{number}", row)


def _row(source: str, row: str) -> Picture | Fault:
    try:
        values = np.array(row.split(","), np.int64)
    except ValueError:
        return Fault(source, "a value of the row is no whole number")
    if len(values) not in (_PIXELS, _PIXELS + 1):
        return Fault(
            source, f"{len(values)} values, not 784 pixels, or a label and 784"
        )
    pixels = values[-_PIXELS:]
    if pixels.min() < 0 or pixels.max() > 255:
        return Fault(source, "a pixel is not from 0 to 255")
    return Picture(source, pixels.astype(np.uint8))


def _picture(source: str, file: IO[bytes]) -> Picture | Fault:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return Fault(source, f"larger than {MOST_BYTES // 2**20} MiB")
    return Picture(source, content)


def _is_hidden(name: str) -> bool:
    return any(map(is_hidden, Path(name).parts))


def _pages(found: Picture | Fault) -> Iterator[Picture | Fault]:
    content = found.content if isinstance(found, Picture) else b""
    if not isinstance(content, bytes) or content[:4] not in (b"II*\0", b"MM\0*"):
        yield found
        return
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if getattr(picture, "n_frames", 1) == 1:
                yield found
                return
            for number, page in enumerate(ImageSequence.Iterator(picture), start=1):
                file = io.BytesIO()
                page.save(file, "TIFF")
                yield Picture(f"{found.source}#{number}", file.getvalue())
    except (*DECODER_ERRORS, *PILLOWS_LIMIT) as error:
        yield Fault(found.source, f"its pages cannot be read: {_one_line(error)}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
