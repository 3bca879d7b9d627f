"""How many pixels the pictures of one request may have, each and together."""

from service.image import declared_pixels

# A few kilobytes can declare 40 million pixels, so what is bearable once is not a
# thousand times in one request.
_TOGETHER = 10


class PixelBudget:
    """Shared by the pictures of one request: together ten times what one may have."""

    def __init__(self, max_pixels: int) -> None:
        self._each = max_pixels
        self._left = _TOGETHER * max_pixels

    def allow(self, picture: bytes) -> int:
        """The most pixels that this picture may have; if it has no more, they go."""
        allowed = min(self._each, self._left)
        declared = declared_pixels(picture)
        if declared <= allowed:
            self._left -= declared
        return allowed
