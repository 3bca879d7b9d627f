"""Corrections as files for others: MNIST's CSV, or Label Studio's JSON."""

import base64
import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from feedback.corrections.records import NO_DIGIT, Correction

_SIDE = 28


def as_csv(corrections: Sequence[Correction]) -> str:
    """A line for each digit: its label, then 784 grey levels, as MNIST's CSV has them.

    What is no digit, or is erased, has no line.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for correction in corrections:
        if correction.pixels and correction.label != NO_DIGIT:
            lines.writerow([correction.label, *correction.pixels])
    return text.getvalue()


def as_label_studio(corrections: Sequence[Correction]) -> str:
    """Tasks to import, with the label as annotation and the answer as prediction.

    https://labelstud.io/guide/tasks: an Image named `image`, Choices named `digit`.
    """
    tasks = [_task(correction) for correction in corrections if correction.pixels]
    return json.dumps(tasks, indent=1) + "\n"


def _task(correction: Correction) -> dict[str, Any]:
    told = correction.to_dict()
    version = told["model"]["version"]
    return {
        "data": {"image": _data_url(correction.pixels or b""), **told},
        "annotations": [{"result": [_choice(correction.label)]}],
        "predictions": [
            {
                "model_version": str(version),
                "score": correction.confidence,
                "result": [_choice(correction.predicted)],
            }
        ],
    }


def _choice(label: str) -> dict[str, Any]:
    return {
        "from_name": "digit",
        "to_name": "image",
        "type": "choices",
        "value": {"choices": [label]},
    }


def _data_url(pixels: bytes) -> str:
    png = io.BytesIO()
    square = np.frombuffer(pixels, np.uint8).reshape(_SIDE, _SIDE)
    Image.fromarray(square).save(png, "PNG")
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode("ascii")
