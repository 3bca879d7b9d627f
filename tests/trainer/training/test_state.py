"""Where a fit stands: orders are drawn anew, and an epoch under way keeps its own."""

import numpy as np

from trainer.learning.settings import settings_for
from trainer.training.progress import EpochReport
from trainer.training.state import Course

SETTINGS = settings_for("default", embedded=False, seed=3, changes={"hidden": (4,)})
REPORT = EpochReport(1, 9, 1.5, None, 100.0, None, 2.0)


def test_order_differs_from_epoch_to_epoch() -> None:
    course = Course.begin(SETTINGS, 50)
    orders = []
    for _ in range(2):
        course.begin_epoch()
        orders.append(course.left.tolist())
        course.end_epoch(REPORT)
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])
    assert [sorted(order) for order in orders] == [list(range(50))] * 2


def test_epoch_under_way_keeps_its_order() -> None:
    course = Course.begin(SETTINGS, 50)
    course.begin_epoch()
    course.left = left = course.left[20:]
    course.begin_epoch()
    np.testing.assert_array_equal(course.left, left)
