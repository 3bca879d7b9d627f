"""Counts a node's joules once, although every worker of a service sees them all.

The worker that holds a lock counts; the kernel frees the lock when that worker dies,
whatever killed it. Each count stores the raw counters beside the lock, so the next
worker continues from there and no joules are lost in between.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from energy.meter import Meter
from energy.sources.source import Energy, Reading
from energy.sources.sysfs import read_word
from energy.tick import Tick, of_node

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
HANDOVER_S = 60.0  # an older reading is of another run of the service


@dataclass(frozen=True)
class NodeCount:
    """What the node used since the last count, whichever worker made it.

    `joules` is by RAPL domain, empty for other sources; `idle_joules` is the idle
    energy of the CPUs that the service may use, None if it is not known.
    """

    joules: Mapping[str, float]
    idle_joules: float | None
    wraps: int
    skipped: Mapping[str, int]


class NodeLedger:
    """The right to count for the node, shared by the processes that name one path.

    Make it after a fork, in the worker: a lock taken before is held by all children.
    `path` is the lock file; the raw reading goes to the same name with `.json`.
    Raises `OSError` where the directory cannot be written.
    """

    def __init__(self, path: Path, meter: Meter) -> None:
        self._lock_path, self._state_path = path, path.with_suffix(".json")
        self._meter = meter
        self._lock: int | None = None
        self._handed_over: Reading | None = None

    def try_lead(self) -> bool:
        """Whether this process counts for the node, from now until it ends."""
        if self._lock is None and self._take_lock():
            self._handed_over = self._stored_reading()
        return self._lock is not None

    def count(self, tick: Tick) -> NodeCount | None:
        """What to add to the node's counters at this tick; None if another counts.

        The reading is stored before it is returned: who is killed in between loses
        one tick and never counts one twice.
        """
        if not self.try_lead():
            return None
        before, self._handed_over = self._handed_over, None
        self._store(tick.reading)
        if before is None or not 0 <= tick.reading.at - before.at <= HANDOVER_S:
            energy = Energy(tick.domains, tick.wraps, tick.skipped)
            return _count(energy, tick.idle_joules)
        energy = self._meter.between(before, tick.reading)
        return _count(energy, _idle_joules(tick, tick.reading.at - before.at))

    def _take_lock(self) -> bool:
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _store(self, reading: Reading) -> None:
        """Replace the stored reading whole, so that a kill cannot leave a part."""
        state = {**self._identity(), "reading": asdict(reading)}
        new = self._state_path.with_suffix(".new")
        new.write_text(json.dumps(state))
        new.replace(self._state_path)

    def _stored_reading(self) -> Reading | None:
        """The reading of the worker before; None from another boot or source."""
        try:
            state = json.loads(self._state_path.read_text())
        except (FileNotFoundError, ValueError):  # none yet, or cut by a power failure
            return None
        same = all(state[key] == now for key, now in self._identity().items())
        return Reading(**state["reading"]) if same else None

    def _identity(self) -> dict[str, str | None]:
        return {"boot": read_word(BOOT_ID), "source": self._meter.source}


def _count(energy: Energy, idle_joules: float | None) -> NodeCount:
    return NodeCount(of_node(energy.joules), idle_joules, energy.wraps, energy.skipped)


def _idle_joules(tick: Tick, seconds: float) -> float | None:
    """Idle power does not change from one worker to the next: scale by the time."""
    if tick.idle_joules is None or not tick.seconds:
        return tick.idle_joules
    return tick.idle_joules * seconds / tick.seconds
