"""Typed letters, signs and digits, from the fonts that come with matplotlib."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.mnist_form import to_mnist_form

FONTS: Final = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique",
    "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique",
    "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic",
    "STIXGeneral", "STIXGeneralBol", "STIXGeneralBolIta",
    "cmb10", "cmr10", "cmss10",
)  # fmt: skip
# A network's honesty is measured on fonts that it did not learn from (unseen.py).
UNSEEN_FONTS: Final = (
    "DejaVuSansMono-BoldOblique", "DejaVuSerif-BoldItalic", "STIXGeneralItalic",
    "cmti10", "cmtt10",
)  # fmt: skip
# Left out is what is a digit to a reader in one font or hand or another:
# O o Q D I l S s Z z B b g q ( ) | / ! and their like in Greek and Cyrillic.
LETTERS: Final = "ACEFGHJKLMNPRTUVWXYacdefhijkmnprtuvwxy"
SIGNS: Final = '@#$%&*+=<>?[]{}~^_"-:'
_MORE_SIGNS: Final = "ΓΔΛΞΠΣΨΩαεηλμπψωЖИЛЦШЩЫЭЮЯ←↑→↓∞∑√≈≠≤≥±÷€¥§¶©★♥♦♣♠✓☺"
_POINTS, _DOTS_PER_INCH = 40, 72
_CANVAS: Final = 80


def draw_glyphs(
    fonts: Sequence[str], characters: str
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Each character in each font that has it, in MNIST's form.

    Returns (n, 784) pixels, and for each the place of its character in `characters`.
    """
    # matplotlib takes a second to load, which no other command should wait for.
    from matplotlib import get_data_path  # noqa: PLC0415
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415

    drawings, places = [], []
    for name in fonts:
        font = FT2Font(str(Path(get_data_path(), "fonts", "ttf", f"{name}.ttf")))
        font.set_size(_POINTS, _DOTS_PER_INCH)
        known = font.get_charmap()
        for place, character in enumerate(characters):
            if ord(character) in known:
                font.set_text(character)
                font.draw_glyphs_to_bitmap()
                drawings.append(_on_canvas(np.asarray(font.get_image())))
                places.append(place)
    return to_mnist_form(np.stack(drawings)), np.array(places)


@cache
def draw_letters(fonts: tuple[str, ...]) -> NDArray[np.uint8]:
    """Letters and signs that are no digit to a reader: (n, 784), drawn once."""
    # Computer Modern has letters of its own in the places of most signs.
    whole = [font for font in fonts if not font.startswith("cm")]
    signs = draw_glyphs(whole, SIGNS + _MORE_SIGNS)[0]
    letters = np.concatenate([draw_glyphs(fonts, LETTERS)[0], signs])
    letters.setflags(write=False)
    return letters


def draw_digits(
    fonts: Sequence[str],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The ten digits in each font: (n, 784), and their labels."""
    pixels, labels = draw_glyphs(fonts, "0123456789")
    return pixels, labels.astype(np.uint8)


def _on_canvas(glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    canvas = np.zeros((_CANVAS, _CANVAS), np.uint8)
    cut = glyph[:_CANVAS, :_CANVAS]
    canvas[: cut.shape[0], : cut.shape[1]] = cut
    return canvas
