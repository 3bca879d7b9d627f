"""A fake RAPL counter that runs on at a fixed power, for the services of a test."""

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

RANGE_UJ = 262_143_328_850  # an Intel package's


class RunningCounter:
    """A powercap tree with one package; it draws power while the block lasts.

    Attributes:
        root: for DIGITS_POWERCAP_ROOT.
        joules: added so far; the counter began close to its end, so it wraps soon.
    """

    def __init__(self, root: Path, watts: float) -> None:
        self.root, self._watts = root, watts
        self.joules = 0.0
        self._zone = root / "intel-rapl" / "intel-rapl:0"
        self._zone.mkdir(parents=True)
        (self._zone / "name").write_text("package-0\n")
        (self._zone / "max_energy_range_uj").write_text(f"{RANGE_UJ}\n")
        self._show()

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run_on)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run_on(self) -> None:
        before = time.monotonic()
        while not self._over.wait(0.02):
            now = time.monotonic()
            self.joules += self._watts * (now - before)
            before = now
            self._show()

    def _show(self) -> None:
        """Replace the file whole: the kernel never shows a part of a number."""
        uj = (RANGE_UJ - 50_000_000 + round(self.joules * 1e6)) % RANGE_UJ
        new = self._zone / "energy_uj.new"
        new.write_text(f"{uj}\n")
        new.replace(self._zone / "energy_uj")
