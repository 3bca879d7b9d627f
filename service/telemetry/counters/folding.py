"""Adding the counts of some labels to another one's, in one process.

prometheus-client cannot remove a label when several processes count into files.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from prometheus_client import Counter, Histogram

from service.telemetry.counters.files import CounterFile


def fold_metric(
    metric: Counter | Histogram, label: str, renamed: Callable[[str], str]
) -> None:
    """Rename values of a metric's label; counts of one name are added.

    A thread that holds an old counter may still count with it. That is in the sums,
    too: under the old name.
    """
    place = metric._labelnames.index(label)
    with metric._lock:
        children = dict(metric._metrics)
    emptied: defaultdict[CounterFile, set[str]] = defaultdict(set)
    for labels, child in children.items():
        name = renamed(labels[place])
        if name == labels[place]:
            continue
        target = metric.labels(*labels[:place], name, *labels[place + 1 :])
        for old, new in zip(_values(child), _values(target), strict=True):
            amount = old.get()
            old.inc(-amount)
            new.inc(amount)
            if isinstance(file := getattr(old, "_file", None), CounterFile):
                emptied[file].add(old._key)
        with metric._lock:
            del metric._metrics[labels]
    for file, keys in emptied.items():
        file.forget_zeros(keys)


def _values(child: Any) -> list[Any]:
    """The numbers that a counter or a histogram consists of."""
    return [child._sum, *child._buckets] if hasattr(child, "_sum") else [child._value]
