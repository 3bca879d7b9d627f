"""The energy ledger: each second a worker's joules are attributed to its requests."""

import math
import threading
from collections import deque
from typing import Any

from energy import Meter, SourceInfo, Tick
from energy.node import NodeLedger
from service.telemetry import metrics
from service.telemetry.background import LoggedOnce
from service.telemetry.metrics import labelled
from service.telemetry.version_series import version_label


class EnergyLedger:
    """The joules of each prediction request, by its CPU time, and of the node.

    The joules of a tick go to the requests that ended in it, each at the tick's joules
    per CPU second; the rest is overhead. Requests and overhead together are exactly the
    worker's dynamic energy. Of all the workers that share a NodeLedger, one counts the
    machine's energy.

    Attributes:
        source: where the joules come from; None without a source.
    """

    def __init__(self, meter: Meter, node: NodeLedger | None) -> None:
        self._meter = meter
        self.source = meter.source
        self._node = node
        self._node_fault = LoggedOnce()
        self._lock = threading.Lock()  # the last tick comes from another thread
        # The requests since the last figure: version, CPU seconds of each prediction,
        # predictions.
        self._waiting: deque[tuple[int, float, int]] = deque()
        self._rate = math.nan
        self._overhead = 0.0

    @property
    def info(self) -> SourceInfo | None:
        """What the source measures, an estimate's watts; None without a source."""
        return self._meter.info if self.source else None

    def charge(
        self, version: int, cpu_seconds: float, predictions: int = 1
    ) -> dict[str, Any] | None:
        """Count a prediction request; returns its joules at the last tick's rate.

        Each of its predictions gets the same part of the time and of the joules, which
        are observed at the next tick. None as long as there is no rate.
        """
        each_s = cpu_seconds / predictions
        labelled(metrics.PREDICTION_CPU, version_label(version)).observe_times(
            each_s, predictions
        )
        if self.source is None:
            return None
        self._waiting.append((version, each_s, predictions))
        if math.isnan(self._rate):
            return None
        return {"joules": self._rate * cpu_seconds, "source": self.source}

    def tick(self) -> None:
        """Attribute the joules since the last tick; call it about once a second."""
        with self._lock:
            tick = self._meter.tick()
            self._rate = tick.joules_per_cpu_second
            if tick.joules is not None and self.source:
                self._attribute(tick.joules, self.source)
            elif tick.unmeasured:  # a source that is lost will never have their joules
                self._waiting.clear()
            if self._node and self.source:
                self._count_node(self._node, tick, self.source)

    def _attribute(self, joules: float, source: str) -> None:
        requests = [self._waiting.popleft() for _ in range(len(self._waiting))]
        spent = 0.0
        for version, each_s, predictions in requests:
            cost = each_s * self._rate
            histogram = labelled(
                metrics.PREDICTION_JOULES, version_label(version), source
            )
            histogram.observe_times(cost, predictions)
            spent += cost * predictions
        # A request that spans two ticks gets all its joules in the second one. What it
        # takes from the overhead stays owed, so that the sum is right over time.
        self._overhead += joules - spent
        metrics.PROCESS_JOULES.labels(source, "request").inc(spent)
        metrics.PROCESS_JOULES.labels(source, "overhead").inc(max(self._overhead, 0))
        self._overhead = min(self._overhead, 0)

    def _count_node(self, node: NodeLedger, tick: Tick, source: str) -> None:
        """Count the machine's energy, if this is the one worker that does."""
        try:
            count = node.count(tick)
        except OSError as error:  # a full disk, say
            self._node_fault.report(f"the node's energy is not counted: {error}")
            return
        self._node_fault.report("")
        if count is None:
            return
        for domain, joules in count.joules.items():
            metrics.NODE_JOULES.labels(source, domain).inc(joules)
        if count.idle_joules is not None:
            metrics.IDLE_JOULES.labels(source).inc(count.idle_joules)
        metrics.COUNTER_WRAPS.inc(count.wraps)
        for reason, skipped in count.skipped.items():
            metrics.SAMPLES_SKIPPED.labels(reason).inc(skipped)
