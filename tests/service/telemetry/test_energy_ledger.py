"""The energy ledger: each tick's joules go to requests and overhead, none invented."""

import gc
import itertools
import math
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energy import EnergySettings, Meter, Tick, open_meter
from energy.clocks import Clocks
from energy.sources.source import Reading
from service.telemetry import metrics
from service.telemetry.energy_ledger import EnergyLedger

SOURCE = "estimate"
REQUEST = {"source": SOURCE, "activity": "request"}
OVERHEAD = {"source": SOURCE, "activity": "overhead"}
PROCESS = "digits_process_energy_joules_total"


def _tick(joules: float | None, rate: float) -> Tick:
    reading = Reading(0.0, {})
    return Tick(1.0, 0.0, joules, rate, None, {}, wraps=0, skipped={}, reading=reading)


@dataclass
class _Meter(Meter):
    """A meter whose ticks are written down beforehand."""

    ticks: list[Tick]
    name: str | None = SOURCE
    told: int = 0

    @property
    def source(self) -> str | None:
        return self.name

    def tick(self) -> Tick:
        self.told += 1
        return self.ticks[self.told - 1]


def _ledger(*ticks: Tick, source: str | None = SOURCE) -> EnergyLedger:
    return EnergyLedger(_Meter(list(ticks), source), None)


def _counted(labels: dict[str, str]) -> float:
    (family,) = metrics.PROCESS_JOULES.collect()
    return math.fsum(
        s.value for s in family.samples if (s.name, s.labels) == (PROCESS, labels)
    )


def test_joules_of_a_tick_go_to_its_requests_and_the_rest_is_overhead(
    grown: Callable[..., float],
) -> None:
    ledger = _ledger(_tick(10.0, 2.0))
    ledger.charge(1, 0.5)
    ledger.charge(2, 1.5)
    ledger.tick()
    labels = {"model_version": 1, "source": SOURCE}
    assert grown("digits_prediction_energy_joules_sum", **labels) == pytest.approx(1)
    assert grown("digits_prediction_energy_joules_count", **labels) == 1
    assert grown(PROCESS, **REQUEST) == pytest.approx(4)
    assert grown(PROCESS, **OVERHEAD) == pytest.approx(6)


def test_predictions_of_one_request_bear_equal_parts_of_its_joules(
    grown: Callable[..., float],
) -> None:
    ledger = _ledger(_tick(10.0, 2.0))
    ledger.charge(1, 0.5, predictions=4)
    ledger.tick()
    labels = {"model_version": 1, "source": SOURCE}
    joules = "digits_prediction_energy_joules"
    assert grown(f"{joules}_sum", **labels) == pytest.approx(1)
    assert grown(f"{joules}_count", **labels) == 4
    assert grown(f"{joules}_bucket", le="0.1", **labels) == 0
    assert grown(f"{joules}_bucket", le="1.0", **labels) == 4
    assert grown(PROCESS, **REQUEST) == pytest.approx(1)


def test_request_gets_its_joules_once(grown: Callable[..., float]) -> None:
    ledger = _ledger(_tick(10.0, 2.0), _tick(3.0, 2.0))
    ledger.charge(1, 1.0)
    ledger.tick()
    ledger.tick()
    assert grown(PROCESS, **REQUEST) == pytest.approx(2)
    assert grown(PROCESS, **OVERHEAD) == pytest.approx(11)


def test_request_that_spans_ticks_takes_back_what_was_overhead(
    grown: Callable[..., float],
) -> None:
    """Two joules of the first tick were the request's; they stay owed for a while."""
    ledger = _ledger(_tick(2.0, 2.0), _tick(2.0, 2.0), _tick(1.0, 2.0), _tick(5.0, 2.0))
    ledger.tick()
    ledger.charge(1, 2.0)
    sums = []
    for _ in range(3):
        ledger.tick()
        sums.append((grown(PROCESS, **REQUEST), grown(PROCESS, **OVERHEAD)))
    assert sums == [pytest.approx(pair) for pair in ((4, 2), (4, 2), (4, 6))]


def test_joules_wait_for_a_source_that_has_no_figure_yet(
    grown: Callable[..., float],
) -> None:
    ledger = _ledger(_tick(None, math.nan), _tick(10.0, 4.0))
    assert ledger.charge(1, 0.25) is None
    ledger.tick()
    assert grown(PROCESS, **OVERHEAD) == grown(PROCESS, **REQUEST) == 0
    assert ledger.charge(1, 0.75) is None
    ledger.tick()
    assert grown(PROCESS, **REQUEST) == pytest.approx(4)
    cost = ledger.charge(1, 0.5)
    assert cost == {"joules": pytest.approx(2), "source": "estimate"}


def test_requests_do_not_wait_for_joules_that_will_never_be_known(
    grown: Callable[..., float],
) -> None:
    """A battery that is being charged: what was used meanwhile stays unknown."""
    lost = replace(_tick(None, math.nan), unmeasured=True)
    ledger = _ledger(lost, _tick(10.0, 4.0))
    ledger.charge(1, 0.25)
    ledger.tick()
    ledger.charge(1, 0.75)
    ledger.tick()
    assert grown(PROCESS, **REQUEST) == pytest.approx(3)
    assert grown(PROCESS, **OVERHEAD) == pytest.approx(7)


def test_cpu_time_is_observed_at_once_with_or_without_a_source(
    grown: Callable[..., float],
) -> None:
    _ledger(source=None).charge(1, 0.25)
    _ledger().charge(1, 0.5)
    name = "digits_prediction_cpu_seconds"
    assert grown(f"{name}_sum", model_version=1) == pytest.approx(0.75)
    assert grown(f"{name}_count", model_version=1) == 2


def test_without_a_source_requests_are_not_kept() -> None:
    class Seconds(float):
        """Seconds whose end can be watched."""

    ledger = _ledger(_tick(None, math.nan), source=None)
    seconds = Seconds(0.5)
    gone = weakref.ref(seconds)
    ledger.charge(1, seconds)
    del seconds
    ledger.tick()
    gc.collect()
    assert gone() is None


def test_with_a_real_meter_the_sum_is_the_process_s_cpu_time_at_its_watts(
    grown: Callable[..., float],
) -> None:
    cpu_s = iter([100.0, 105.0, 107.0])
    clocks = Clocks(wall_s=itertools.count().__next__, cpu_s=cpu_s.__next__)
    ledger = EnergyLedger(
        open_meter(EnergySettings(source=SOURCE, watts_per_cpu=3.0), clocks), None
    )
    ledger.charge(1, 1.0)
    ledger.tick()
    ledger.charge(1, 0.5)
    ledger.tick()
    assert grown(PROCESS, **REQUEST) == pytest.approx(1.5 * 3)
    assert grown(PROCESS, **OVERHEAD) == pytest.approx((7 - 1.5) * 3)


@dataclass(frozen=True)
class _Second:
    """What happens until a tick: CPU seconds used, and how much of it by requests."""

    rate: float
    overhead_s: float
    request_s: list[float]
    ends_now: bool


_SECONDS = st.lists(
    st.builds(
        _Second,
        rate=st.floats(0.01, 50),
        overhead_s=st.floats(0, 2),
        request_s=st.lists(st.floats(0, 1), max_size=4),
        ends_now=st.booleans(),
    ),
    max_size=12,
)


@given(_SECONDS)
def test_requests_and_overhead_are_the_worker_s_energy(seconds: list[_Second]) -> None:
    """Counters never fall short of the meter, and meet it when no debt is left.

    A request may end a tick after its CPU time was spent. The last, idle tick is long
    enough to bring back whatever such requests took from the overhead before.
    """
    ticks = [_tick(s.rate * (s.overhead_s + sum(s.request_s)), s.rate) for s in seconds]
    ledger = _ledger(*ticks, _tick(0.0, 1.0), _tick(10_000.0, 1.0))
    request_j, overhead_j, total_j = _counted(REQUEST), _counted(OVERHEAD), 0.0

    def growth() -> float:
        return _counted(REQUEST) + _counted(OVERHEAD) - request_j - overhead_j

    late: list[float] = []
    for second, tick in zip(seconds, ticks, strict=True):
        ended, late = late, []
        (ended if second.ends_now else late).extend(second.request_s)
        for cpu_seconds in ended:
            ledger.charge(1, cpu_seconds)
        ledger.tick()
        total_j += tick.joules or 0.0
        assert growth() >= total_j - 1e-6
    for cpu_seconds in late:
        ledger.charge(1, cpu_seconds)
    ledger.tick()
    ledger.tick()
    assert growth() == pytest.approx(total_j + 10_000, rel=1e-9, abs=1e-6)
