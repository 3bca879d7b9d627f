"""How many pictures of each kind are read right, with a published model.

Run it from the root of the repository: python -m benchmarks.quality.reading_accuracy
It takes MNIST's last training rows from DIGITS_DATA, the model from DIGITS_STORE, and
the fonts of Debian's packages where they are installed.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from model_store import Model, ModelStore, StoreError
from service.image import ImageRejected, Score, read_digit, read_number
from service.serving.prediction import scorer
from tests.service.image.drawing_kinds import drawing
from tests.service.image.form_kinds import kinds_of_forms
from tests.service.image.handwriting import Handwriting, Kind
from tests.service.image.number_kinds import kinds_of_fonts, kinds_of_numbers

PICTURES: Final = 100
# Rows that a default training holds out are among the last ones.
ROWS: Final = 12_000
MOST_PIXELS: Final = 10**7
FONTS: Final = Path("/usr/share/fonts")
PRINTED: Final = ("liberation", "freefont", "dejavu", "lato")
HANDWRITTEN: Final = ("fifthhorseman", "breip", "femkeklaver", "humor-sans", "kristi")

Read = Callable[[bytes], tuple[str, float]]


def main() -> None:
    """Print a line a kind: pictures, the share that is right, wrong and over 0.9."""
    score = scorer(_model())
    print(f"{'kind':32} pictures  right  wrong and over 0.9")
    hand = _handwriting(Path(os.environ.get("DIGITS_DATA", "data")))
    if hand:
        for name, kind in kinds_of_forms(hand).items():
            _measure(name, kind, _digit_reader(score))
        for name, kind in kinds_of_numbers(hand).items():
            _measure(f"number, {name}", kind, _number_reader(score))
    _measure("drawing: no digit", drawing, _digit_reader(score))
    _measure("drawing: no number", drawing, _number_reader(score))
    for style, folders in (("printed", PRINTED), ("handwriting", HANDWRITTEN)):
        fonts = [font for name in folders for font in FONTS.rglob(f"{name}*/*.[ot]tf")]
        if not fonts:
            print(f"{style} fonts: skipped, none of {', '.join(folders)} in {FONTS}")
            continue
        kinds = kinds_of_fonts(fonts)
        _measure(f"{style} digit", kinds["digit"], _digit_reader(score))
        _measure(f"{style} number", kinds["number"], _number_reader(score))
        _measure(f"{style} letter: no digit", kinds["letter"], _digit_reader(score))
        _measure(f"{style} letter: no number", kinds["letter"], _number_reader(score))


def _model() -> Model:
    store = Path(os.environ.get("DIGITS_STORE", "models"))
    try:
        return ModelStore(store, store).latest()
    except StoreError as error:
        sys.exit(f"{error}: train one (make train), or name its store in DIGITS_STORE")


def _handwriting(data: Path) -> Handwriting | None:
    files = [path for path in data.glob("*_train.csv*") if path.stat().st_size > 10**6]
    if not files:
        print(f"handwritten kinds: skipped, no MNIST_train.csv in {data}")
        return None
    rows = pd.read_csv(files[0], header=None, dtype=np.uint8).to_numpy()[-ROWS:]
    return Handwriting(rows[:, 1:].reshape(-1, 28, 28), rows[:, 0])


def _measure(name: str, kind: Kind, read: Read) -> None:
    rng = np.random.default_rng(1)
    right = sure = 0
    for _ in range(PICTURES):
        body, text = kind(rng)
        answer, confidence = read(body)
        right += answer == text
        sure += answer != text and confidence > 0.9
    print(f"{name:32} {PICTURES:8}  {right / PICTURES:5.3f}  {sure / PICTURES:5.3f}")


def _digit_reader(score: Score) -> Read:
    """Read one digit; what is less likely than not is no digit, ""."""

    def read(body: bytes) -> tuple[str, float]:
        try:
            image = read_digit(body, MOST_PIXELS, score)
        except ImageRejected:
            return "", 1.0
        likely = score(image.pixels[None])[0]
        confidence = float(likely.max()) * image.certainty
        return (str(likely.argmax()) if confidence >= 0.5 else ""), confidence

    return read


def _number_reader(score: Score) -> Read:
    """Read a number; how likely all its digits are is not told."""

    def read(body: bytes) -> tuple[str, float]:
        try:
            number = read_number(body, MOST_PIXELS, score)
        except ImageRejected:
            return "", 0.0
        forms = [[glyph.pixels for glyph in line] for line in number.lines]
        labels = [score(np.stack(line)).argmax(axis=1) for line in forms]
        return "\n".join("".join(map(str, line)) for line in labels), 0.0

    return read


if __name__ == "__main__":
    main()
