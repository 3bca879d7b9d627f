"""A part's pictures become rows of answers, in the process that Dask gives it to."""

import functools
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, TypedDict

import numpy as np
from PIL import Image

from energy import EnergySettings, Meter, open_meter
from model_store import Model, StoreError, StoreUnavailable, open_store
from service.bulk.errors import BucketAway, NoModel
from service.bulk.pictures import Fault, Picture, pictures_of
from service.bulk.sources import Part, in_lots
from service.image import DigitImage, ImageRejected, TooManyWaiting, read_digit
from service.image.reading import read_number
from service.serving.prediction import predict, scorer
from service.web.predict import warnings_of

_ROWS_A_PRODUCT: Final = 256


@dataclass(frozen=True)
class Job:
    """What all parts have in common.

    Attributes:
        store, state: the address of the model store, and the directory of the state, as
            each worker finds them.
        version, sha256: of the model, and of its file.
        numbers: whether whole numbers are read, not single digits.
    """

    store: str
    state: str
    version: int
    sha256: str
    numbers: bool
    max_pixels: int


@dataclass(frozen=True)
class Row:
    """One picture's answer: label is its digit or its number; or what is wrong."""

    source: str
    label: str | None = None
    confidence: float | None = None
    warnings: str = ""
    version: int | None = None
    error: str | None = None


class Result(TypedDict):
    """What a part came to, ready for JSON: Rows as dicts, and what they cost."""

    rows: list[dict[str, Any]]
    joules: float | None
    energy_source: str | None


def score(part: Part, job: Job) -> Result:
    """Read and score every picture of a part."""
    Image.MAX_IMAGE_PIXELS = job.max_pixels // 2
    model, meter = _model(job.store, job.state, job.version), _meter()
    phase = meter.measure()
    with phase:
        read = _numbers if job.numbers else _digits
        rows = [asdict(row) for row in read(part, model, job.max_pixels)]
    return {"rows": rows, "joules": phase.joules, "energy_source": meter.source}


def get_ready(job: Job | None = None) -> None:
    """Nothing but what a process needs in order to be asked this: the code.

    Of a worker also the job's model. Raises NoModel, BucketAway.
    """
    if job:
        _model(job.store, job.state, job.version)


@functools.cache
def _model(store: str, state: str, version: int) -> Model:
    """Raises NoModel, BucketAway."""
    try:
        return open_store(store, Path(state)).load(version)
    except StoreUnavailable as error:
        raise BucketAway(str(error)) from None
    except StoreError as error:
        raise NoModel(str(error)) from None


@functools.cache
def _meter() -> Meter:
    return open_meter(EnergySettings.from_environ(os.environ))


def _digits(part: Part, model: Model, max_pixels: int) -> Iterator[Row]:
    """In the order of the pictures; as many in a product as make it quick."""
    rate = scorer(model)
    for some in in_lots(pictures_of(part), _ROWS_A_PRODUCT):
        seen = [_read(picture, max_pixels, rate) for picture in some]
        digits = [image for _, image in seen if isinstance(image, DigitImage)]
        pixels = np.stack([d.pixels for d in digits]) if digits else np.empty((0, 784))
        certainty = [digit.certainty for digit in digits]
        answers = iter(
            predict(model, pixels, certainty, counted=False) if digits else ()
        )
        for source, image in seen:
            if isinstance(image, DigitImage):
                answer = next(answers)
                yield Row(
                    source,
                    str(answer.label),
                    answer.confidence,
                    "; ".join(warnings_of(image.warnings, answer).get("warnings", ())),
                    model.version,
                )
            else:
                yield Row(source, error=image)


def _read(found: Picture | Fault, max_pixels: int, rate: Any) -> tuple[str, Any]:
    """A source's DigitImage, or what is wrong with it."""
    if isinstance(found, Fault):
        return found.source, found.reason
    if not isinstance(found.content, bytes):
        return found.source, DigitImage(found.content)
    try:
        return found.source, read_digit(found.content, max_pixels, rate)
    except (ImageRejected, TooManyWaiting) as error:
        return found.source, str(error)


def _numbers(part: Part, model: Model, max_pixels: int) -> Iterator[Row]:
    for found in pictures_of(part):
        row = Row(found.source, version=model.version)
        if isinstance(found, Fault):
            yield Row(found.source, error=found.reason)
        elif not isinstance(found.content, bytes):
            yield Row(found.source, error="a row of pixels is one digit, no number")
        else:
            yield _number(row, found.content, model, max_pixels)


def _number(row: Row, content: bytes, model: Model, max_pixels: int) -> Row:
    """Its lines in one text; the confidence is that of its least sure digit."""
    try:
        number = read_number(content, max_pixels, scorer(model))
    except (ImageRejected, TooManyWaiting) as error:
        return Row(row.source, error=str(error))
    pixels = np.stack([glyph.pixels for line in number.lines for glyph in line])
    answers = list(predict(model, pixels, counted=False))
    following = iter(answers)
    lines = ["".join(str(next(following).label) for _ in line) for line in number.lines]
    return replace(
        row,
        label="\n".join(lines),
        confidence=min(answer.confidence for answer in answers),
        warnings="; ".join(number.warnings),
    )
