import numpy as np
import pytest
from numpy.typing import NDArray

from service.image.components import find_components
from service.image.digit_parts import choose
from service.image.furniture import furniture, never_digits
from service.image.morphology import Box
from tests.service.image.pictures import placed
from tests.service.image.strokes import draw

Mask = NDArray[np.bool_]
PAGE = (120, 160)


def marked(*regions: tuple[slice, slice]) -> Mask:
    page = np.zeros(PAGE, dtype=bool)
    for region in regions:
        page[region] = True
    return page


FURNITURE = {
    "frame at the border": ~marked(np.s_[5:-5, 5:-5]),
    "frame a little inside": marked(np.s_[4:-4, 4:-4]) & ~marked(np.s_[8:-8, 8:-8]),
    "strip of table": marked(np.s_[:, :30]),
    "two strips of table": marked(np.s_[:, :20], np.s_[-20:, :]),
    "line across": marked(np.s_[60:63, :]),
    "line down": marked(np.s_[:, 40:43]),
}


@pytest.mark.parametrize("page", FURNITURE.values(), ids=FURNITURE.keys())
def test_frames_lines_and_table_are_furniture(page: Mask) -> None:
    assert furniture(find_components(page)).tolist() == [True]


@pytest.mark.parametrize("thickness", [1, 4])
def test_box_round_a_digit_is_furniture_and_the_digit_is_not(thickness: int) -> None:
    inside = np.s_[20 + thickness : 100 - thickness, 40 + thickness : 120 - thickness]
    box = marked(np.s_[20:100, 40:120]) & ~marked(inside)
    digit = placed(draw(3, 50, 6), *PAGE) > 0.5
    parts = find_components(box | digit)
    assert furniture(parts).tolist() == [True, False]


def test_ring_round_a_digit_is_furniture_and_the_digit_is_not() -> None:
    y, x = np.mgrid[-60:60, -80:80]
    ring = np.abs(np.hypot(x, y) - 50) < 2
    parts = find_components(ring | (placed(draw(7, 50, 6), *PAGE) > 0.5))
    assert furniture(parts).tolist() == [True, False]


def test_line_under_a_digit_or_wider_over_it_is_not_part_of_it() -> None:
    digit = placed(draw(5, 60, 6), *PAGE) > 0.5
    alone = choose(find_components(digit))
    assert alone is not None
    for line in (np.s_[98:102, 60:100], np.s_[16:20, 40:110]):
        together = choose(find_components(digit | marked(line)))
        assert together is not None
        assert together.box == alone.box


def test_empty_box_and_what_a_round_digit_encloses_are_no_furniture() -> None:
    box = marked(np.s_[20:100, 40:120]) & ~marked(np.s_[23:97, 43:117])
    dotted_zero = (placed(draw(0, 100, 8), *PAGE) > 0.5) | marked(np.s_[50:75, 77:82])
    for page in (box, dotted_zero):
        assert not furniture(find_components(page)).any()


def test_button_below_a_digit_is_not_part_of_it() -> None:
    digit = placed(draw(5, 60, 6), *PAGE, y=0.3) > 0.5
    button = marked(np.s_[90:104, 60:100])
    alone, together = (choose(find_components(p)) for p in (digit, digit | button))
    assert alone is not None
    assert together is not None
    assert together.box == alone.box


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("length", [30, 80, 118])
def test_digits_are_no_furniture(digit: int, length: int) -> None:
    parts = find_components(placed(draw(digit, length, length / 12), *PAGE) > 0.5)
    assert not furniture(parts).any()
    assert not never_digits(parts).any()


NO_DIGITS = {
    "frame": FURNITURE["frame at the border"],
    "dash": marked(np.s_[60:66, 30:90]),
    "dot": marked(np.s_[60:63, 60:63]),
    "squared paper": np.add.outer(np.arange(120) % 12 == 5, np.arange(160) % 12 == 5),
    "nothing": marked(),
}


@pytest.mark.parametrize("page", NO_DIGITS.values(), ids=NO_DIGITS.keys())
def test_page_without_a_digit_gives_none(page: Mask) -> None:
    assert choose(find_components(page)) is None


def test_digit_is_chosen_before_furniture_and_specks() -> None:
    ink = placed(draw(4, 50, 5), *PAGE, y=0.6, x=0.7) > 0.5
    rows, columns = np.nonzero(ink)
    page = ink | FURNITURE["strip of table"] | marked(np.s_[10:12, 80:82])
    chosen = choose(find_components(page))
    assert chosen is not None
    assert chosen.box == Box(
        columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    )


def test_broken_strokes_are_taken_together() -> None:
    ink = placed(draw(5, 80, 7), *PAGE) > 0.5
    whole = choose(find_components(ink))
    ink[42:46] = False
    broken = choose(find_components(ink))
    assert whole is not None
    assert broken is not None
    assert len(broken.parts) > 1
    assert broken.box == whole.box
    assert not len(broken.rivals)
