"""Over a thousand pictures to ask a service about, and what each model answers."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.load.answer import Answer
from model_store import Network
from model_store.network import Floats, Pixels
from service.image.digit_form import already_mnist, to_mnist
from trainer.data.embedded import read_embedded

_CLOSE = 1e-5


@dataclass(frozen=True)
class CheckedAnswer:
    """The version and the label of one answer, and whether it is right.

    version and label are 0 if the answer names none.
    """

    version: int
    label: int
    right: bool


class Questions:
    """Pictures as PNGs, and each model's own output for what the service sees of them.

    The versions alternate: `networks` gives the model of version 1, 2, ..., and begins
    anew after the last.
    """

    def __init__(self, networks: list[Network]) -> None:
        seen = _settled(read_embedded().pixels)
        self.pngs = [_png(row) for row in seen]
        # One by one, as the service computes them, so that most agree to the byte.
        self._outputs = [
            np.concatenate([network.outputs(row[None]) for row in seen])
            for network in networks
        ]
        self._beginnings = [
            [_beginning(row).encode() for row in outputs] for outputs in self._outputs
        ]

    def check(self, picture: int, answer: Answer) -> CheckedAnswer:
        """Compare an answer to the named version's outputs for the picture."""
        start = answer.body.find(b'"model": {"version": ') + 21
        text = answer.body[start : answer.body.find(b"}", start)]
        if answer.status != 200 or not text.isdigit():
            return CheckedAnswer(0, 0, right=False)
        version = int(text)
        model = (version - 1) % len(self._outputs)
        label = int(answer.body[10:11])
        if answer.body.startswith(self._beginnings[model][picture]):
            return CheckedAnswer(version, label, right=True)
        expected = self._outputs[model][picture]
        return _check_slowly(json.loads(answer.body), version, expected)


def _check_slowly(
    document: Mapping[str, Any], version: int, expected: Floats
) -> CheckedAnswer:
    outputs, label = document["outputs"], document["label"]
    right = np.allclose(outputs, expected, atol=_CLOSE) and label == np.argmax(outputs)
    return CheckedAnswer(version, label, right=bool(right))


def _settled(pixels: Pixels) -> Pixels:
    """Digits (n, 784) in MNIST's form, which the service leaves as they are.

    It does for such a one what it does for most of MNIST's: look, and let it be.
    """
    forms = (to_mnist(_without_margin(row.reshape(28, 28))) for row in pixels)
    pictures = (Image.fromarray(form.reshape(28, 28)) for form in forms)
    found = [already_mnist(picture) for picture in pictures]
    return np.stack([form for form in found if form is not None])


def _without_margin(grey: Pixels) -> Pixels:
    rows, columns = np.flatnonzero(grey.any(1)), np.flatnonzero(grey.any(0))
    return grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels.reshape(28, 28)).save(file, "PNG")
    return file.getvalue()


def _beginning(outputs: Floats) -> str:
    document = {"label": int(outputs.argmax()), "outputs": outputs.tolist()}
    return json.dumps(document).removesuffix("}") + ","
