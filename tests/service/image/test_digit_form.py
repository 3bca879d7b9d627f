import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from service.image.digit_form import already_mnist, to_mnist, upright
from service.image.page.morphology import Grey
from tests.service.image.strokes import draw


def form_of(ink: NDArray[np.float64]) -> Grey:
    return to_mnist((255 * ink).astype(np.uint8)).reshape(28, 28)


digits = st.integers(0, 9)
lengths = st.integers(16, 400)
pens = st.floats(0.02, 0.3)


@given(digits, lengths, pens)
def test_centre_of_mass_is_on_pixel_14(digit: int, length: int, pen: float) -> None:
    form = form_of(draw(digit, length, max(1, pen * length))).astype(float)
    places = np.arange(28)
    assert form.sum(axis=0) @ places / form.sum() == pytest.approx(14, abs=0.25)
    assert form.sum(axis=1) @ places / form.sum() == pytest.approx(14, abs=0.25)


@given(digits, lengths, pens)
def test_longer_side_is_20_pixels(digit: int, length: int, pen: float) -> None:
    form = form_of(draw(digit, length, max(1, pen * length)))
    rows, columns = np.nonzero(form > 127)
    longest = max(np.ptp(rows), np.ptp(columns)) + 1
    assert 18 <= longest <= 21
    assert form.max() == 255


def bar(width: int) -> NDArray[np.float64]:
    return np.ones((200, width))


@pytest.mark.parametrize(
    ("drawn", "least", "most"),
    [(2, 1.4, 3), (10, 1.4, 3), (30, 2.5, 3.5), (60, 2.8, 5.1)],
)
def test_stroke_width_is_brought_near_mnists(
    drawn: int, least: float, most: float
) -> None:
    assert least < form_of(bar(drawn))[14].sum() / 255 < most


def test_aspect_is_kept() -> None:
    ring = np.zeros((100, 60))
    ring[:12] = ring[-12:] = ring[:, :12] = ring[:, -12:] = 1
    rows, columns = np.nonzero(form_of(ring) > 127)
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=1)
    assert np.ptp(columns) + 1 == pytest.approx(12, abs=1)


def test_slanted_digit_is_made_upright_and_an_upright_one_is_left() -> None:
    plain = (255 * draw(1, 160, 12)).astype(np.uint8)
    assert upright(plain) is None
    lean = Image.fromarray(plain).transform(
        (plain.shape[1] + 130, 160), Image.Transform.AFFINE, (1, 0.8, -128, 0, 1, 0)
    )
    straight = upright(np.asarray(lean.crop(lean.getbbox())))
    assert straight is not None
    assert straight.shape[1] < lean.width / 2
    assert upright(straight) is None


def test_faint_ink_is_brought_to_full() -> None:
    strong = draw(3, 120, 10)
    assert np.abs(form_of(strong * 0.2).astype(int) - form_of(strong)).mean() < 2


def shifted(pixels: Grey, by: int) -> Image.Image:
    return Image.fromarray(np.roll(pixels, by, axis=1))


def test_only_what_is_in_mnists_form_is_taken_for_it() -> None:
    form = np.zeros((28, 28), dtype=np.uint8)
    form[4:24, 12:16] = 255  # centre of mass half a pixel off, as MNIST's may be
    assert already_mnist(Image.fromarray(form)) is not None
    others = {
        "off the middle": shifted(form, 2),
        "too faint": Image.fromarray(form // 2),
        "grey paper": Image.fromarray(np.maximum(form, 9)),
        "too small": Image.fromarray(np.pad(form, 14)[6:-6, :-28]).resize((28, 28)),
        "blank": Image.new("L", (28, 28)),
        "too long": Image.fromarray(np.where(np.roll(form, 3, axis=0) > 0, 255, form)),
        "another size": Image.fromarray(np.pad(form, 1)),
        "in colour": Image.fromarray(form).convert("RGB"),
    }
    assert {
        name for name, other in others.items() if already_mnist(other) is not None
    } == set()
