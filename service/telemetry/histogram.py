"""A Prometheus histogram that takes many values at the price of a few."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from prometheus_client import Histogram


class BulkHistogram(Histogram):
    """Histogram with what `observe` lacks.

    In multiprocess mode each call of it writes to a file twice, which for the values
    of a tensor adds up to a part of the forward pass.
    """

    def observe_all(self, values: Sequence[float]) -> None:
        """Observe each of the values; a write for each bucket that is hit."""
        self._sum.inc(sum(values))
        buckets = Counter(bisect_left(self._upper_bounds, value) for value in values)
        for bucket, times in buckets.items():
            self._buckets[bucket].inc(times)

    def observe_times(self, value: float, times: int) -> None:
        """Observe the same value so many times."""
        self._sum.inc(value * times)
        self._buckets[bisect_left(self._upper_bounds, value)].inc(times)
