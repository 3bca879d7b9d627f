"""Stopping when an epoch buys too little accuracy for its joules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.commands import Place
from trainer.training.epoch_report import EpochReport
from trainer.training.gain import OVER_EPOCHS, GainRule

Quick = tuple[object, ...]
JOULES_AN_EPOCH = 2.0


def reports(
    *accuracies: float | None, epochs: int = 100, joules: bool = True
) -> list[EpochReport]:
    """One for each accuracy; every epoch costs the same."""
    return [
        EpochReport(
            epoch=epoch,
            epochs=epochs,
            cost=1.0,
            validation_accuracy=accuracy,
            samples_per_second=1.0,
            joules=epoch * JOULES_AN_EPOCH if joules else None,
            seconds_left=1.0,
        )
        for epoch, accuracy in enumerate(accuracies, start=1)
    ]


# The last five epochs cost 10 J; the rule asks for 0.01 a joule, so for 0.1 in all.
CASES = {
    "too few epochs to tell": (reports(0.5, 0.5, 0.5, 0.5, 0.5), False),
    "flat": (reports(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), True),
    "just enough": (reports(0.5, 0.5, 0.5, 0.5, 0.5, 0.7), False),
    "too little": (reports(0.5, 0.5, 0.5, 0.5, 0.5, 0.59), True),
    "one bad epoch": (reports(0.5, 0.55, 0.6, 0.65, 0.7, 0.4), False),
    "one good epoch long ago": (reports(0.9, 0.5, 0.6, 0.7, 0.8, 0.9), True),
    "worse and worse": (reports(0.9, 0.8, 0.7, 0.6, 0.5, 0.4), True),
    "at the last epoch nothing is cut": (
        reports(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, epochs=6), False,
    ),
    "no joules": (reports(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, joules=False), False),
    "no accuracies": (reports(None, None, None, None, None, None), False),
    "enough before, too little now": (
        reports(0.1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9), True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("so_far", "ends"), CASES.values(), ids=CASES)
def test_too_little_gain_over_some_epochs_ends_the_run(
    so_far: list[EpochReport], ends: bool
) -> None:
    assert GainRule(0.01).ends(so_far) == ends
    assert not GainRule(None).ends(so_far)


@given(st.lists(st.floats(0, 1), min_size=OVER_EPOCHS + 1, max_size=20))
def test_noise_below_the_best_accuracy_ends_nothing(noise: list[float]) -> None:
    """A run that reaches a new best now and then goes on, whatever lies between."""
    rising = [0.4 + 0.1 * i for i in range(len(noise))]
    noisy = [
        best if i % OVER_EPOCHS == len(noise) % OVER_EPOCHS else best * share
        for i, (best, share) in enumerate(zip(rising, noise, strict=True))
    ]
    assert not GainRule(0.1 / (OVER_EPOCHS * JOULES_AN_EPOCH)).ends(
        [*reports(0.3, *noisy, rising[-1] + 0.2)]
    )


def test_run_ends_by_the_rule_and_says_so(place: Place, quick: Quick) -> None:
    impossible = ("--min-gain-per-joule", 1e9, "--epochs", 1000)
    document = place.json("trainer", *quick, *impossible)
    assert document["stopped_by"] == "min_gain_per_joule"
    assert document["epochs"] == OVER_EPOCHS + 1
    assert place.store.load(1).card.training["stopped_by"] == "min_gain_per_joule"


@pytest.mark.parametrize(
    ("arguments", "source", "reason"),
    [
        (("--preset", "notebook"), "estimate", "held-out rows"),
        ((), "none", "an energy source"),
    ],
)
def test_rule_that_nothing_can_measure_is_refused_in_one_line(
    place: Place, quick: Quick, arguments: Quick, source: str, reason: str
) -> None:
    rule = ("--min-gain-per-joule", "0.001")
    run = place.run("trainer", *quick, *arguments, *rule, DIGITS_ENERGY_SOURCE=source)
    line = run.error_line()
    assert rule[0] in line
    assert reason in line
    assert not (place.root / "models").exists()


@pytest.mark.parametrize("value", ["0", "-1", "much", "nan", "inf"])
def test_gain_that_is_no_number_above_0_is_refused(
    place: Place, quick: Quick, value: str
) -> None:
    line = place.run("trainer", *quick, "--min-gain-per-joule", value).error_line()
    assert value in line
