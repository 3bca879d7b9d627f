"""The verdict on a canary: too early, worse for a named reason, or no worse."""

import itertools

import pytest

from feedback.corrections.records import Usage
from service.telemetry import metrics
from service.telemetry.scrape.canary_verdict import ENOUGH, canary_verdict

_versions = itertools.count(900_001)  # of this process's metrics, so each its own


def answered(
    times: int, confidence: float = 0.995, seconds: float = 0.002, refused: int = 0
) -> int:
    """A version that has answered so."""
    version = next(_versions)
    metrics.CONFIDENCE.labels(version).observe_times(confidence, times)
    metrics.PREDICTION_REQUESTS.labels(version, "answered").inc(times)
    metrics.PREDICTION_REQUESTS.labels(version, "refused").inc(refused)
    for _ in range(10):
        metrics.PREDICTION_SECONDS.labels(version).observe(seconds)
    return version


def test_canary_that_answers_alike_is_no_worse() -> None:
    found = canary_verdict(answered(2 * ENOUGH), answered(20 * ENOUGH), {})
    assert (found["verdict"], found["reasons"]) == ("no worse", [])
    assert found["canary"]["predictions"] == 2 * ENOUGH
    assert found["canary"]["mean_confidence"] == pytest.approx(0.995)
    assert found["served"]["mean_seconds"] == pytest.approx(0.002)


def test_few_predictions_are_too_early() -> None:
    found = canary_verdict(answered(ENOUGH - 1, confidence=0.1), answered(ENOUGH), {})
    assert found["verdict"] == "too early"
    nothing = canary_verdict(next(_versions), next(_versions), {})
    assert nothing["canary"]["mean_confidence"] is None


@pytest.mark.parametrize(
    ("canary", "reason"),
    [
        ({"confidence": 0.6}, "its answers are less confident"),
        ({"refused": 500}, "more of its requests are not answered"),
        ({"seconds": 0.02}, "it takes longer"),
    ],
)
def test_canary_that_does_worse_is_told_why(
    canary: dict[str, float], reason: str
) -> None:
    worse = answered(2 * ENOUGH, **canary)  # type: ignore[arg-type]
    found = canary_verdict(worse, answered(20 * ENOUGH), {})
    assert (found["verdict"], found["reasons"]) == ("worse", [reason])


def test_canary_that_is_surer_is_no_worse() -> None:
    found = canary_verdict(
        answered(2 * ENOUGH, confidence=1.0), answered(9 * ENOUGH), {}
    )
    assert found["verdict"] == "no worse"


@pytest.mark.parametrize(
    ("corrected", "verdict"), [(10, "no worse"), (20, "no worse"), (40, "worse")]
)
def test_canary_whose_answers_are_corrected_more_often_is_worse(
    corrected: int, verdict: str
) -> None:
    canary, served = answered(2 * ENOUGH), answered(20 * ENOUGH)
    usage = {canary: Usage(2000, corrected), served: Usage(20_000, 100)}
    found = canary_verdict(canary, served, usage)
    assert found["verdict"] == verdict
    assert found["canary"]["corrections"] == corrected
    assert verdict == "no worse" or found["reasons"] == [
        "more of its answers are corrected"
    ]
