"""What metering costs: entering a phase, noting a request, and a tick."""

from benchmarks.stopwatch import best_seconds
from energy import EnergySettings, open_meter

_REPEATS = 1000


def main() -> None:
    """Print microseconds of each; the goal is under 5 a request and 1,000 a tick."""
    meter = open_meter(EnergySettings())

    def phases() -> None:
        phase = meter.measure()
        for _ in range(_REPEATS):
            with phase:
                pass

    def ticks() -> None:
        for _ in range(_REPEATS):
            meter.tick()

    print(f"energy meter, source {meter.source}")
    for name, action in (("phase", phases), ("tick", ticks)):
        print(f"  {name:6} {best_seconds(action) / _REPEATS * 1e6:8.2f} us")


if __name__ == "__main__":
    main()
