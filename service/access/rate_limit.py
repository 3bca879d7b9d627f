"""The rate limit: how many predictions a client may ask for in a time span.

A sliding window counter: the requests of the current window, and a part of those of
the window before it, as if they had been spread evenly. It needs two numbers for each
client, whatever the limit. A first burst of 60 passes under 60/minute, and not one more
(a token bucket would refill meanwhile). A client that sends steadily at the limit
always passes (which it would not with fixed windows).
"""

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

_SPANS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_MOST = 1_000_000


class Window(NamedTuple):  # a frozen dataclass takes five times as long to make
    """What one client has sent.

    Attributes:
        began: when its current window began, in seconds of some clock.
        before: the requests that passed in the window before.
        passed: the requests that passed in the current window.
    """

    began: float
    before: int = 0
    passed: int = 0


class Standing(NamedTuple):
    """How much of the limit a client has used.

    Attributes:
        wait: seconds until a request may pass; 0 if this one may.
        left: how many more may pass now.
        more_in: seconds until more than `left` may pass.
    """

    wait: float
    left: int
    more_in: float


@dataclass(frozen=True)
class Rate:
    """At most `requests` in `seconds`."""

    requests: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> "Rate | None":
        """`60/minute`, `/second` or `/hour`; "" is None. Raises ValueError."""
        if not text:
            return None
        match = re.fullmatch(r"(\d{1,7})/(second|minute|hour)", text, re.ASCII)
        if not match or not 1 <= int(match[1]) <= _MOST:
            raise ValueError(text)
        return cls(int(match[1]), _SPANS[match[2]])

    def at(self, window: Window, now: float) -> Window:
        """The same client's window at a later time."""
        age = now - window.began
        if age < self.seconds:
            return window
        if age < 2 * self.seconds:
            return Window(window.began + self.seconds, window.passed)
        return Window(now)

    def weight(self, window: Window, now: float) -> float:
        """The requests of the last span; the window must be current."""
        left = 1 - (now - window.began) / self.seconds
        return window.before * left + window.passed

    def wait(self, window: Window, now: float) -> float:
        """Seconds until another request may pass; 0 if it may now."""
        if self.weight(window, now) < self.requests:
            return 0.0
        free = max(self.requests - window.passed, 0)
        left = 1 - free / window.before if free else 1.0
        wait = window.began + left * self.seconds - now
        return min(max(wait, 0.0), self.seconds)  # but for rounding, it is between

    def standing(self, window: Window, now: float, wait: float) -> Standing:
        """The standing of that window's client, whose last request has to `wait`."""
        left = max(math.ceil(self.requests - self.weight(window, now)), 0)
        spent = window._replace(passed=window.passed + left)
        if self.wait(spent, now) == 0:  # one comes free at this very moment
            left, spent = left + 1, spent._replace(passed=spent.passed + 1)
        return Standing(wait, left, self.wait(spent, now))

    def fields(self, standing: Standing) -> list[tuple[str, str]]:
        """The standing as header fields (draft-ietf-httpapi-ratelimit-headers-11)."""
        policy = f'"default";q={self.requests};w={self.seconds:.0f}'
        now = f'"default";r={standing.left};t={whole_seconds(standing.more_in)}'
        return [("RateLimit-Policy", policy), ("RateLimit", now)]


def whole_seconds(wait: float) -> int:
    """The wait in whole seconds, rounded up past its end."""
    return math.floor(wait) + 1
