"""What the energy command prints: for people as lines, for programs as one object."""

from collections.abc import Mapping, Sequence
from typing import Any

from energy.choose import Candidate
from energy.cli.experiment import Experiment
from energy.cli.watch import Watched, watts
from energy.tick import Tick
from energy.units import (
    NOTES_BULB_WATTS,
    bulb_seconds,
    co2e_grams,
    cycles_per_bulb_hour,
    watt_hours,
)


def figure(number: float) -> str:
    """A number with four significant digits, never with an exponent."""
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def chosen(setting: str, candidates: Sequence[Candidate]) -> str | None:
    """The name of the source that this setting leads to; None for no source."""
    usable = [c.name for c in candidates if c.info]
    if setting == "auto":
        return usable[0]
    return setting if setting in usable else None


def candidate_lines(name: str | None, candidates: Sequence[Candidate]) -> list[str]:
    """Each source on a line: the one in use, and why each other one is not."""
    return [
        f"{'*' if c.name == name else ' '} {c.name:<9} {_state(c, name)}"
        for c in candidates
    ]


def candidates_object(
    name: str | None, candidates: Sequence[Candidate]
) -> dict[str, Any]:
    """The same as an object; `reason` is null for the source in use."""
    return {
        "source": name,
        "sources": [
            {
                "name": c.name,
                "available": c.info is not None,
                "reason": None if c.name == name else _state(c, name),
                "scope": c.info.scope if c.info else None,
                "domains": c.info.domains if c.info else (),
                "detail": c.info.detail if c.info else None,
                "coefficients": c.info.coefficients if c.info else {},
            }
            for c in candidates
        ],
    }


def _state(candidate: Candidate, name: str | None) -> str:
    if candidate.info is None:
        return f"not available: {candidate.reason}"
    if candidate.name == name:
        return f"in use: {candidate.info.detail}"
    return f"available, but {name or 'none'} is chosen: {candidate.info.detail}"


def watch_line(watched: Watched, tick: Tick) -> str:
    """The watts of a tick by domain, with their means so far, and what was odd."""
    means = watched.watts
    parts = [
        f"{domain} {figure(now)} W (mean {figure(means[domain])} W)"
        for domain, now in watts(tick.domains, tick.seconds).items()
    ]
    parts += [f"{tick.wraps} wrapped"] if tick.wraps else []
    parts += [f"{count} {reason}" for reason, count in tick.skipped.items()]
    return f"{watched.seconds:6.1f} s  {watched.source}  {'  '.join(parts)}"


def watch_object(watched: Watched) -> dict[str, Any]:
    """The sums of a watch, by domain."""
    return {
        "source": watched.source,
        "seconds": watched.seconds,
        "joules": watched.energy.joules,
        "watts": watched.watts,
        "wraps": watched.energy.wraps,
        "skipped": watched.energy.skipped,
    }


def experiment_object(experiment: Experiment, grams_per_kwh: float) -> dict[str, Any]:
    """The figures of a training cycle; null for what was not measured."""
    joules = experiment.joules_per_cycle
    return {
        "runs": experiment.runs,
        "milliamp_hours": experiment.milliamp_hours_per_cycle,
        "watt_hours": watt_hours(joules),
        "joules": joules,
        "cycles_per_bulb_hour": cycles_per_bulb_hour(joules),
        "bulb_watts": NOTES_BULB_WATTS,
        "bulb_seconds": bulb_seconds(joules),
        "co2e_grams": co2e_grams(joules, grams_per_kwh),
        "grams_per_kwh": grams_per_kwh,
        "uncertainty_ratio": experiment.uncertainty_ratio,
        "idle_watts": experiment.idle_watts,
        "net_joules": experiment.net_joules_per_cycle,
        "seconds": experiment.seconds_per_cycle,
    }


def experiment_lines(experiment: Experiment, grams_per_kwh: float) -> list[str]:
    """The notes' table, then what they left out."""
    figures = experiment_object(experiment, grams_per_kwh)
    return [*_notes_table(figures), *_beyond_the_notes(figures)]


def _notes_table(figures: Mapping[str, Any]) -> list[str]:
    charge = figures["milliamp_hours"]
    lines = (
        []
        if charge is None
        else [
            f"{figure(charge)} mAh per training cycle",
            f"{figure(charge / 1000)} Ah per training cycle",
        ]
    )
    return [
        *lines,
        f"{figure(figures['watt_hours'])} Wh per training cycle",
        f"{figure(figures['cycles_per_bulb_hour'])} training cycles for 1 hour "
        f"of a {figure(NOTES_BULB_WATTS)} watt bulb",
    ]


def _beyond_the_notes(figures: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{figure(figures['joules'])} J per training cycle, "
        f"{figure(figures['bulb_seconds'])} s of the bulb, "
        f"{figure(figures['co2e_grams'])} g CO2e at {figure(figures['grams_per_kwh'])} "
        "g/kWh"
    ]
    if figures["net_joules"] is not None:
        lines.append(
            f"{figure(figures['net_joules'])} J of it above the idle machine's "
            f"{figure(figures['idle_watts'])} W"
        )
    percent = figure(100 * figures["uncertainty_ratio"])
    lines.append(f"the battery's gauge is good for +-{percent} % of that")
    return lines
