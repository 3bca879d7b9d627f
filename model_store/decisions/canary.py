"""The canary: another version that answers a share of the predictions."""

import re
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Canary:
    """The version, and the percentage of predictions that it answers."""

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
        """Whether the canary answers this prediction."""
        return rng.random() * 100 < self.percent

    def to_dict(self) -> dict[str, float]:
        """The canary for JSON."""
        return {"version": self.version, "percent": self.percent}
