"""Why an uploaded picture is refused, one class a reason."""

from typing import ClassVar


class ImageRejected(Exception):
    """An uploaded picture that no digit can be read from."""

    reason: ClassVar[str] = "rejected"


class UnsupportedFormat(ImageRejected):
    """The bytes open like no format that is read.

    Attributes: named, the format if its signature tells it; None for texts and noise.
    """

    reason = "format"

    def __init__(self, named: str | None, text: str | None = None) -> None:
        self.named = named
        name = named or text
        found = f"this is {name}" if name else "the format is unknown"
        super().__init__(f"{found}; send a PNG, JPEG, GIF, WebP, BMP or TIFF picture")


class TooManyPixels(ImageRejected):
    """The header declares more pixels than are ever decoded."""

    reason = "pixels"

    def __init__(self, declared: str, max_pixels: int) -> None:
        super().__init__(
            f"the picture declares {declared} pixels; at most {max_pixels} are read"
        )
        self.declared, self.max_pixels = declared, max_pixels


class Undecodable(ImageRejected):
    """The bytes open like an accepted format, but cannot be decoded."""

    reason = "undecodable"

    def __init__(self, picture_format: str) -> None:
        super().__init__(f"the {picture_format} picture is damaged or incomplete")
        self.picture_format = picture_format


class NoDigit(ImageRejected):
    """The picture holds nothing that stands out from its background."""

    reason = "no_digit"

    def __init__(self, width: int, height: int) -> None:
        super().__init__(f"the picture of {width} x {height} pixels holds no digit")
        self.width, self.height = width, height


class RejectedAt(Exception):
    """One of several pictures is refused, and they are answered all or none."""

    def __init__(self, position: int, rejection: ImageRejected) -> None:
        super().__init__(f"picture {position}, counted from 0: {rejection}")
        self.position, self.rejection = position, rejection
