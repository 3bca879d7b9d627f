"""One reading of a page, as ink on paper, with its furniture or without."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from service.image.components import Components, find_components
from service.image.furniture import furniture
from service.image.morphology import Box, Grey, running_max
from service.image.shades import stroke_level

# What is left beside furniture is looked at if it is at least this share of the page.
WORTH: Final = 0.05


@dataclass(frozen=True)
class Reading:
    """A page's ink (h, w) above a level, and its parts; picture: the page itself."""

    picture: Grey
    ink: Grey
    level: int
    parts: Components

    @property
    def whole(self) -> Box:
        """The box of the whole page."""
        return Box(0, 0, *self.ink.shape[::-1])

    def fainter(self) -> "Reading":
        """Return the reading that counts half as much ink as a stroke already."""
        level = self.level // 2
        return Reading(self.picture, self.ink, level, find_components(self.ink > level))


def without_furniture(reading: Reading) -> Reading:
    """Take frames and table away, as long as something else is left on the page."""
    for _ in range(2):
        unwanted = furniture(reading.parts)
        if not unwanted.any():
            break
        covered = running_max(
            reading.parts.mask(np.flatnonzero(unwanted), reading.whole).view(np.uint8),
            5,
        )
        rest = reading.ink * (1 - covered)
        level = stroke_level(rest)
        if level is None:
            break
        parts = find_components(rest >= level)
        if not (parts.longest() > WORTH * min(parts.shape)).any():
            break
        reading = Reading(reading.picture, rest, level, parts)
    return reading
