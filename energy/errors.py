"""What can go wrong with the energy meter: one class for each fault."""

from pathlib import Path


class EnergyError(Exception):
    """The energy meter cannot do what was asked; its text is one line."""


class EnergySettingError(EnergyError):
    """An environment variable holds a value that is not allowed."""

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        super().__init__(f"{variable}={value!r} is not allowed: it must be {allowed}")
        self.variable, self.value, self.allowed = variable, value, allowed


class SourceUnavailable(EnergyError):
    """A source of joules that was asked for is not there."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"energy source {source} is not available: {reason}")
        self.source, self.reason = source, reason


class NotDischarging(EnergyError):
    """The battery stopped discharging, so its readings measure nothing."""

    def __init__(self, battery: Path, status: str) -> None:
        super().__init__(
            f"{battery.name} is not discharging ({status}): unplug the charger and "
            "leave it out until the measurement ends"
        )
        self.battery, self.status = battery, status


class RunFailed(EnergyError):
    """A command whose energy was being measured did not succeed."""

    def __init__(self, run: int, reason: str) -> None:
        super().__init__(f"run {run} failed, nothing was measured: {reason}")
        self.run, self.reason = run, reason


class NothingMeasured(EnergyError):
    """A measurement ended without a figure."""
