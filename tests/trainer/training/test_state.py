"""Where a fit stands: orders are drawn anew, and an epoch under way keeps its own."""

import numpy as np

from trainer.learning.settings import settings_for
from trainer.training.epoch_report import EpochReport
from trainer.training.state import TrainingState

SETTINGS = settings_for("default", embedded=False, seed=3, changes={"hidden": (4,)})
REPORT = EpochReport(1, 9, 1.5, None, 100.0, None, 2.0)


def test_order_differs_from_epoch_to_epoch() -> None:
    state = TrainingState.begin(SETTINGS, 50)
    orders = []
    for _ in range(2):
        state.begin_epoch()
        orders.append(state.left.tolist())
        state.end_epoch(REPORT)
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])
    assert [sorted(order) for order in orders] == [list(range(50))] * 2


def test_epoch_under_way_keeps_its_order() -> None:
    state = TrainingState.begin(SETTINGS, 50)
    state.begin_epoch()
    state.left = left = state.left[20:]
    state.begin_epoch()
    np.testing.assert_array_equal(state.left, left)
