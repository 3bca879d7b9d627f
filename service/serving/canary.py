"""The canary: a share of the predictions that another version answers."""

import re
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Canary:
    """Which version answers how many of 100 predictions."""

    version: int
    percent: float

    @classmethod
    def parse(cls, text: str) -> "Canary | None":
        """`version:percent`, as in 7:5 or 7:0.5; "" is None. Raises ValueError."""
        if not text:
            return None
        match = re.fullmatch(r"(\d{1,9}):(\d{1,3}(?:\.\d+)?)", text, re.ASCII)
        if not match or int(match[1]) < 1 or not 0 < float(match[2]) <= 100:
            raise ValueError(text)
        return cls(int(match[1]), float(match[2]))

    def falls_on(self, rng: Random) -> bool:
        """Whether this prediction is one of its share."""
        return rng.random() * 100 < self.percent
