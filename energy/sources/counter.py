"""Distinguishes the wrap of an energy counter from a reset, by plausible power."""

from dataclasses import dataclass

MAX_WATTS = 1000.0  # of one package: more than any CPU draws, less than a false wrap
SLACK_S = 1.0  # a counter may be updated late, so allow this much more time

RESET = "reset"
IMPLAUSIBLE = "implausible"
GAP = "gap"


@dataclass(frozen=True)
class Step:
    """What one counter did between two readings.

    `joules` is None if the step cannot be used, and `oddity` is the reason: RESET (it
    went back further than a wrap explains: suspend, kexec, driver reload) or
    IMPLAUSIBLE (it jumped forward). With the oddity GAP the joules are a lower bound,
    since the counter had time to wrap more than once.
    """

    joules: float | None
    wrapped: bool = False
    oddity: str | None = None


def step(before_uj: int, after_uj: int, range_uj: int, seconds: float) -> Step:
    """The energy between two values, in microjoules, of a counter that wraps at range.

    A step back is a wrap only if that many joules could have been used in that time.
    A meter that always assumes a wrap adds up to 262 kJ after a suspend.
    """
    limit_uj = MAX_WATTS * (seconds + SLACK_S) * 1e6
    delta_uj = after_uj - before_uj
    wrapped = delta_uj < 0
    if wrapped:
        delta_uj += range_uj
    if not 0 <= delta_uj <= limit_uj:
        return Step(None, oddity=RESET if wrapped else IMPLAUSIBLE)
    once_more = delta_uj + range_uj <= limit_uj
    return Step(delta_uj / 1e6, wrapped, GAP if once_more else None)
