"""The memory of processes, as Linux counts it."""

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_LINE = re.compile(r"^(Rss|Pss): +(\d+) kB$", re.MULTILINE)


class Memory(NamedTuple):
    """Resident bytes of a process: all, and with shared pages counted by share."""

    rss: int
    pss: int


def memory_of(pids: list[int]) -> dict[int, Memory]:
    """Of those processes that still are there."""
    found = {}
    for pid in pids:
        with suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            kilobytes = {name: int(number) for name, number in _LINE.findall(text)}
            if kilobytes:  # a process that has ended has none
                sizes = (kilobytes[name] * 1024 for name in ("Rss", "Pss"))
                found[pid] = Memory(*sizes)
    return found
