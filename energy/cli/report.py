"""What the energy commands print: the sources, and a training cycle's figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from energy.choose import Candidate
from energy.cli.experiment import Experiment
from energy.units import NOTES_BULB_WATTS


def figure(number: float) -> str:
    """A number with four significant digits, never with an exponent."""
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def chosen(setting: str, candidates: Sequence[Candidate]) -> str | None:
    """The name of the source that this setting chooses; None for no source."""
    usable = [c.name for c in candidates if c.info]
    if setting == "auto":
        return usable[0]
    return setting if setting in usable else None


def source_lines(name: str | None, candidates: Sequence[Candidate]) -> list[str]:
    """A line for each source: the one in use, and why each other one is not."""
    return [
        f"{'*' if c.name == name else ' '} {c.name:<9} {_state(c, name)}"
        for c in candidates
    ]


def sources_to_dict(
    name: str | None, candidates: Sequence[Candidate]
) -> dict[str, Any]:
    """The same for JSON; `reason` is null for the source in use."""
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


def experiment_lines(experiment: Experiment, grams_per_kwh: float) -> list[str]:
    """The notes' table, then the figures that the notes do not have."""
    figures = experiment.to_dict(grams_per_kwh)
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
    lines.append(f"the resolution of the battery's gauge is +-{percent} % of that")
    return lines
