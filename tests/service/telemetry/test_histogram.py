"""Many values observed at once count like each of them alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from service.telemetry.histogram import BulkHistogram

BOUNDS = (0.1, 0.5, 0.9)
VALUES = st.one_of(st.sampled_from(BOUNDS), st.floats(0, 2))


def _new() -> tuple[BulkHistogram, CollectorRegistry]:
    registry = CollectorRegistry()
    return BulkHistogram("seen", "Seen.", registry=registry, buckets=BOUNDS), registry


def _counted(registry: CollectorRegistry) -> dict[str, float]:
    return {
        f"{sample.name}{sample.labels}": sample.value
        for family in registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@given(st.lists(VALUES, max_size=20))
def test_all_at_once_are_counted_like_one_by_one(values: list[float]) -> None:
    one_by_one, expected = _new()
    for value in values:
        one_by_one.observe(value)
    at_once, registry = _new()
    at_once.observe_all(values)
    assert _counted(registry) == pytest.approx(_counted(expected))


@given(VALUES, st.integers(1, 20))
def test_one_value_many_times_is_counted_as_often(value: float, times: int) -> None:
    one_by_one, expected = _new()
    for _ in range(times):
        one_by_one.observe(value)
    many, registry = _new()
    many.observe_times(value, times)
    assert _counted(registry) == pytest.approx(_counted(expected))
