"""Pictures of no digit: in MNIST's form, all different, no digits to a reader."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trainer.augmentation import glyphs
from trainer.augmentation.mnist_form import to_mnist_form
from trainer.augmentation.non_digits import mix, unseen
from trainer.augmentation.non_digits.digits import Digits
from trainer.augmentation.non_digits.figures import FIGURES
from trainer.augmentation.non_digits.mix import DRAWINGS, FRAGMENTS, non_digits_from
from trainer.augmentation.non_digits.neighbours import cut_out
from trainer.augmentation.non_digits.pen import SIDE
from trainer.data.dataset import Dataset

# To a reader each of these is a digit, in one hand or another.
DIGIT_LIKE = set("0123456789OoQDIlSsZzBbgq()|/!")

Draw = Callable[[int, np.random.Generator], Any]


@pytest.fixture(
    scope="module", params=[*DRAWINGS, *FRAGMENTS], ids=lambda d: d.__name__
)
def draw(request: pytest.FixtureRequest, digits: Dataset) -> Draw:
    """Each kind's function, given the embedded digits if it takes them apart."""
    if request.param in DRAWINGS:
        drawing: Draw = request.param
        return drawing
    taken = Digits(digits.pixels, digits.labels)
    return lambda n, rng: request.param(taken, n, rng)


def test_every_kind_makes_canvases_of_ink(draw: Draw) -> None:
    canvases = draw(40, np.random.default_rng(1))
    assert canvases.shape == (40, SIDE, SIDE)
    assert canvases.dtype == np.uint8
    assert (canvases.reshape(40, -1).max(axis=1) > 100).all()
    assert (canvases == 0).mean() > 0.2


def test_every_kind_makes_each_picture_anew(draw: Draw) -> None:
    canvases = draw(30, np.random.default_rng(1)).reshape(30, -1)
    assert len(np.unique(canvases, axis=0)) > 25
    again, other = (draw(30, np.random.default_rng(seed)) for seed in (1, 2))
    np.testing.assert_array_equal(again.reshape(30, -1), canvases)
    assert not np.array_equal(other.reshape(30, -1), canvases)


def test_every_kind_can_be_asked_for_none(draw: Draw) -> None:
    assert draw(0, np.random.default_rng(1)).shape == (0, SIDE, SIDE)


def test_non_digits_have_mnists_form(digits: Dataset) -> None:
    made = non_digits_from(digits.pixels, digits.labels)
    pixels = made.draw(300, np.random.default_rng(3))
    assert pixels.shape == (300, 784)
    np.testing.assert_array_equal(pixels.max(axis=1), 255)
    mass = pixels.sum(axis=1, dtype=float)
    for place in np.indices((28, 28)).reshape(2, 784):
        np.testing.assert_allclose(pixels @ (place + 0.5) / mass, 14.5, atol=0.6)


def test_digits_without_a_kind_of_label_are_no_hindrance(digits: Dataset) -> None:
    """Halves come of some labels, holes of others: a small set may lack them."""
    ones = digits.rows(np.flatnonzero(digits.labels == 1)[:3])
    made = non_digits_from(ones.pixels, ones.labels)
    assert made.draw(200, np.random.default_rng(3)).shape == (200, 784)


def test_no_letter_is_a_digit_to_a_reader() -> None:
    assert not DIGIT_LIKE & {*glyphs.LETTERS, *glyphs.SIGNS, *FIGURES}


def test_digit_cut_out_of_a_number_is_still_like_itself(digits: Dataset) -> None:
    whole, beside = digits.pixels[:100], digits.pixels[100:200]
    cut = to_mnist_form(cut_out(whole, beside, np.random.default_rng(1)))
    formed = to_mnist_form(whole.reshape(-1, 28, 28))
    alike = [np.corrcoef(*pair)[0, 1] for pair in zip(cut, formed, strict=True)]
    assert np.median(alike) > 0.8
    assert (
        np.mean([np.array_equal(*pair) for pair in zip(cut, formed, strict=True)]) < 0.5
    )


def test_fonts_to_measure_on_are_none_to_learn_from() -> None:
    assert not set(glyphs.FONTS) & set(glyphs.UNSEEN_FONTS)


def test_halves_are_of_digits_whose_halves_are_no_digits() -> None:
    """Half an 8 or a 9 is an 0, half a 7 a 1."""
    pixels = np.zeros((10, 784), np.uint8)
    pixels[:, 14::28] = np.arange(20, 220, 20, dtype=np.uint8)[:, None] + 30
    canvases = FRAGMENTS.keys()
    [halves] = [kind for kind in canvases if kind.__name__ == "draw_halves"]
    drawn = halves(
        Digits(pixels, np.arange(10, dtype=np.uint8)), 200, np.random.default_rng(1)
    )
    labels = (drawn.reshape(200, -1).max(axis=1).astype(int) - 50) // 20
    assert not set(labels.tolist()) & {1, 6, 7, 8, 9}


def test_typed_digits_are_in_every_font_with_their_labels() -> None:
    pixels, labels = glyphs.draw_digits(glyphs.FONTS)
    assert len(pixels) == 10 * len(glyphs.FONTS)
    assert np.bincount(labels).tolist() == [len(glyphs.FONTS)] * 10
    assert (pixels.max(axis=1) == 255).all()


def test_unseen_non_digits_are_always_the_same() -> None:
    pixels = unseen.unseen_non_digits()
    unseen.unseen_non_digits.cache_clear()
    np.testing.assert_array_equal(unseen.unseen_non_digits(), pixels)
    assert pixels.shape == (1000, 784)
    assert (pixels.max(axis=1) > 0).all()


def test_letters_by_hand_differ_from_each_other() -> None:
    letters = glyphs.draw_letters(glyphs.FONTS[:1])
    written = mix.handwritten(letters[:1].repeat(20, axis=0), np.random.default_rng(1))
    assert len(np.unique(written, axis=0)) == 20


def test_form_is_the_same_for_a_drawing_of_any_size_and_place() -> None:
    """A cross of strokes as wide as MNIST's keeps its shape; place and grey go."""
    drawing = np.zeros((64, 64), np.uint8)
    drawing[10:50, 28:33] = drawing[28:33, 10:50] = 255
    moved = np.roll(drawing, (9, -7), (0, 1)) // 2
    [one, other] = to_mnist_form(np.stack([drawing, moved]))
    np.testing.assert_allclose(one.astype(int), other, atol=3)
    for place in np.nonzero(one.reshape(28, 28) > 40):
        assert np.ptp(place) + 1 in (20, 21)


@pytest.mark.parametrize(
    ("width", "at_least", "at_most"), [(1, 1.5, 2.6), (16, 2.5, 5)]
)
def test_form_brings_strokes_to_mnists_width(
    width: int, at_least: float, at_most: float
) -> None:
    drawing = np.zeros((1, 64, 64), np.uint8)
    drawing[0, 4:60, 30 : 30 + width] = 255
    ink = to_mnist_form(drawing).reshape(28, 28) / 255
    assert at_least < ink[14].sum() < at_most


def test_paper_without_ink_stays_empty() -> None:
    assert not to_mnist_form(np.zeros((2, 28, 28), np.uint8)).any()
