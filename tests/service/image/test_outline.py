import numpy as np

from service.image.morphology import Grey
from service.image.outline import is_sheet, outline
from tests.service.image.pictures import placed
from tests.service.image.strokes import draw


def page_with(ink: Grey) -> Grey:
    return (220 - ink // 2).astype(np.uint8)


DIGIT = placed(draw(6, 120, 12), 160, 160) > 0.5
GRAIN = np.random.default_rng(2).integers(0, 30, DIGIT.shape, dtype=np.uint8)


def test_outline_of_ink_is_sharp_all_round() -> None:
    assert outline(page_with(200 * DIGIT.astype(np.uint8)), DIGIT).sharpness > 0.99


def test_shape_whose_inside_was_taken_for_paper_is_not_sharp() -> None:
    thick = np.zeros((100, 100), dtype=bool)
    thick[20:80, 20:80] = True
    hollow = thick.copy()
    hollow[30:70, 30:70] = False
    assert outline(page_with(200 * thick.astype(np.uint8)), hollow).sharpness < 0.7


def test_ink_is_distinct_from_the_grain_of_the_paper() -> None:
    assert (
        outline(page_with(GRAIN + 200 * DIGIT.astype(np.uint8)), DIGIT).distinctness > 4
    )


def test_shape_in_mere_grain_is_not_distinct() -> None:
    assert outline(page_with(GRAIN), DIGIT).distinctness < 2


def test_sheet_has_straight_sides_even_if_it_is_turned_or_written_on() -> None:
    y, x = np.mgrid[0:200, 0:200]
    turned = (np.abs(x - 100 + 0.08 * y) < 60) & (np.abs(y - 100 - 0.08 * x) < 60)
    rows, columns = np.nonzero(turned)
    sheet = turned[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    sheet[40:90, 50:60] = False
    assert is_sheet(sheet)


def test_digits_are_no_sheets() -> None:
    shapes = [
        draw(digit, 200, pen) > 0.5 for digit in range(10) for pen in (10, 30, 60)
    ]
    assert not any(is_sheet(shape) for shape in shapes)
