"""The sliding window: exact in a burst, fair to the steady, true to its word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.rate_limit import Rate, Window

RATES = st.builds(
    Rate, st.integers(1, 20), st.sampled_from([1.0, 60.0, 3600.0])
)  # fmt: skip
TIMES = st.lists(st.floats(0, 3 * 3600), min_size=1, max_size=100).map(sorted)


def _passed(rate: Rate, times: list[float]) -> list[float]:
    """When the requests passed, of those that came at these times."""
    window, passed = Window(times[0]), []
    for now in times:
        window = rate.at(window, now)
        if rate.wait(window, now) == 0:
            passed.append(now)
            window = window._replace(passed=window.passed + 1)
    return passed


def test_burst_gets_exactly_its_number_through() -> None:
    times = [i / 100 for i in range(5000)]
    assert len(_passed(Rate(60, 60.0), times)) == 60


def test_steady_sender_at_the_limit_is_let_through() -> None:
    times = [float(i) for i in range(600)]
    assert len(_passed(Rate(60, 60.0), times)) >= 599


def test_long_run_never_exceeds_the_rate() -> None:
    times = [i / 50 for i in range(50 * 600)]
    assert len(_passed(Rate(60, 60.0), times)) <= 11 * 60


@given(RATES, TIMES)
def test_no_span_sees_more_than_twice_the_limit(rate: Rate, times: list[float]) -> None:
    passed = _passed(rate, times)
    for start in passed:
        span = [t for t in passed if start <= t < start + rate.seconds]
        assert len(span) <= 2 * rate.requests


@given(RATES, TIMES, st.floats(0, 3600))
def test_who_waits_as_told_is_let_through_and_not_before(
    rate: Rate, times: list[float], pause: float
) -> None:
    window = Window(times[0])
    for now in times:
        window = rate.at(window, now)
        if (wait := rate.wait(window, now)) == 0:
            window = window._replace(passed=window.passed + 1)
            continue
        assert 0 < wait <= rate.seconds
        then = now + wait
        late, early = then + 1e-3, then - 1e-3
        assert rate.wait(rate.at(window, late), late) == 0
        if early > now:
            assert rate.wait(rate.at(window, early), early) > 0


@given(RATES, TIMES)
def test_client_may_send_as_many_more_as_it_is_told_and_not_another(
    rate: Rate, times: list[float]
) -> None:
    window = Window(times[0])
    for now in times:
        window = rate.at(window, now)
        if (wait := rate.wait(window, now)) == 0:
            window = window._replace(passed=window.passed + 1)
        standing = rate.standing(window, now, wait)
        for more in range(standing.left):
            sent = window._replace(passed=window.passed + more)
            assert rate.wait(sent, now) == 0
        spent = window._replace(passed=window.passed + standing.left)
        assert rate.wait(spent, now) == standing.more_in > 0


@pytest.mark.parametrize("text", ["", "0/minute", "5", "5/week"])
def test_what_is_no_rate_is_none(text: str) -> None:
    if text:
        with pytest.raises(ValueError, match=text):
            Rate.parse(text)
    else:
        assert Rate.parse(text) is None
