"""What the commands print for people, on the notes' own figures."""

import numpy as np
import pytest

from trainer.learning.evaluate import Evaluation
from trainer.report.text import energy_text, evaluation_text, outcome_text

NOTES = Evaluation(
    np.array([
        [10, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 10, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 2, 7, 0, 0, 0, 1, 0, 0, 0],
        [0, 0, 1, 9, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 5, 0, 0, 0, 1, 4],
        [1, 0, 0, 4, 1, 2, 1, 1, 0, 0],
        [0, 0, 0, 0, 2, 0, 8, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0, 8, 1, 0],
        [1, 2, 1, 0, 0, 0, 0, 0, 6, 0],
        [0, 1, 1, 0, 3, 0, 0, 1, 0, 4],
    ])
)  # fmt: skip
ENERGY = {"joules": 2763.0, "source": "battery", "seconds": 61.0}


def test_scorecards_of_the_notes() -> None:
    assert NOTES.accuracy == 0.69
    lines = [" ".join(line.split()) for line in evaluation_text(NOTES).splitlines()]
    assert "success 10 10 7 9 5 2 8 8 6 4" in lines
    assert "failure 0 0 3 1 5 8 2 2 4 6" in lines
    assert "5 1 0 0 4 1 2 1 1 0 0" in lines
    assert "accuracy 0.6900 (69 of 100 test rows)" in lines


def test_joules_are_compared_to_a_bulb_as_in_the_notes() -> None:
    """2763 J are 0.7675 Wh; an hour of 28 W uses as much as 36.48 of them."""
    text = energy_text(ENERGY)
    assert "2763.0 J (battery)" in text
    assert "0.7675 Wh" in text
    assert "36.48" in text


def test_unmeasured_energy_is_told_and_no_zero_shown() -> None:
    text = energy_text({**ENERGY, "joules": None, "source": None})
    assert "not measured" in text
    assert "0" not in text


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"accepted": True, "version": 3, "path": "m/3.npz"}, "published version 3"),
        (
            {"accepted": False, "version": None, "path": "m/r.npz"},
            "refused, kept as m/r",
        ),
    ],
)
def test_end_of_a_run_says_what_became_of_it(
    document: dict[str, object], text: str
) -> None:
    whole = {**document, "reason": "because", "energy": ENERGY, "report": None}
    last = outcome_text(NOTES, whole).splitlines()[-1]
    assert last.startswith(text)
    assert last.endswith("(because)")
    with_plots = outcome_text(NOTES, {**whole, "report": "reports/3/index.html"})
    assert with_plots.splitlines()[-1] == "report with plots: reports/3/index.html"
