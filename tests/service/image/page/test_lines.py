import numpy as np
import pytest
from numpy.typing import NDArray

from service.image.page.components import find_components
from service.image.page.lines import without_lines
from tests.service.image.pictures import placed
from tests.service.image.strokes import draw

Mask = NDArray[np.bool_]
PAGE = (120, 160)
DIGIT = placed(draw(3, 60, 6), *PAGE) > 0.5


def marked(*regions: tuple[slice, slice]) -> Mask:
    page = np.zeros(PAGE, dtype=bool)
    for region in regions:
        page[region] = True
    return page


def erased(page: Mask) -> Mask:
    ink = 255 * page.astype(np.uint8)
    bare = without_lines(ink, find_components(page))
    return page if bare is None else bare > 0


LINES = {
    "line across": marked(np.s_[88:91, :]),
    "line across, in two thicknesses": marked(np.s_[88:91, :], np.s_[87:91, 90:]),
    "line of a field": marked(np.s_[88:91, 20:140]),
    "box": marked(np.s_[25:91, 40:120]) & ~marked(np.s_[28:88, 43:117]),
    "comb": marked(np.s_[88:90, :], np.s_[65:90, 40:42], np.s_[65:90, 120:122]),
}


@pytest.mark.parametrize("lines", LINES.values(), ids=LINES.keys())
def test_line_that_a_digit_stands_on_is_erased_and_the_digit_is_not(
    lines: Mask,
) -> None:
    left = erased(DIGIT | lines)
    assert (left & DIGIT).sum() > 0.8 * DIGIT.sum()
    assert (left & ~DIGIT).sum() < 0.35 * (lines & ~DIGIT).sum()


@pytest.mark.parametrize("name", ["line across", "line of a field", "box", "comb"])
def test_line_under_a_broad_foot_is_erased(name: str) -> None:
    foot = marked(np.s_[40:88, 70:86], np.s_[74:88, 60:100])
    left = erased(foot | LINES[name])
    assert not left[89, 45:58].any()
    assert left[50:86][foot[50:86]].all()


@pytest.mark.parametrize("name", ["line across", "line of a field", "box", "comb"])
def test_upright_stem_of_a_digit_is_no_line(name: str) -> None:
    six = marked(np.s_[38:90, 66:70], np.s_[66:70, 66:92], np.s_[66:90, 88:92])
    left = erased(six | marked(np.s_[86:90, 66:92]) | LINES[name])
    assert left[38:84, 66:70].all()


@pytest.mark.parametrize("foot", [0, 12])
def test_uprights_of_a_comb_are_erased_whether_or_not_the_digit_stands_on_it(
    foot: int,
) -> None:
    digit = placed(draw(3, 60, 6), *PAGE) > 0.5
    digit = np.roll(digit, -foot, axis=0)
    left = erased(digit | LINES["comb"])
    assert not (left & LINES["comb"])[60:88, [40, 41, 120, 121]].any()
    assert (left & digit).sum() > 0.9 * digit.sum()


@pytest.mark.parametrize(
    "ones",
    [
        pytest.param(marked(np.s_[52:90, 20:26], np.s_[52:90, 120:126]), id="thicker"),
        pytest.param(marked(np.s_[5:25, 20:22], np.s_[5:25, 120:122]), id="elsewhere"),
    ],
)
def test_ones_that_are_no_uprights_of_a_comb_stay(ones: Mask) -> None:
    left = erased(DIGIT | LINES["line across"] | ones)
    assert (left & ones).sum() > 0.8 * ones.sum()


def test_line_through_a_digit_leaves_its_strokes_whole() -> None:
    left = erased(DIGIT | LINES["line across"] | marked(np.s_[50:52, :]))
    assert (left & DIGIT).sum() > 0.8 * DIGIT.sum()


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("length", [30, 80, 110])
def test_strokes_of_digits_are_no_lines(digit: int, length: int) -> None:
    page = placed(draw(digit, length, length / 14), *PAGE) > 0.5
    assert np.array_equal(erased(page), page)


def test_box_about_a_digit_is_erased_and_the_foot_of_the_digit_is_not() -> None:
    digit = placed(draw(2, 50, 3), *PAGE) > 0.5
    left = erased(digit | LINES["box"])
    assert np.array_equal(left & digit, digit)
