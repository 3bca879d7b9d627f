"""Pixels that are not square, as fax machines send them, by the file's resolution."""

from typing import Any, Final

from PIL import Image

# Standard fax is 204 x 98 dots an inch, superfine 204 x 391. What says more than this
# is a writer's mistake.
_MOST: Final = 4.0
_LEAST_DIFFERENCE: Final = 0.02


def pixel_aspect(picture: Image.Image) -> float:
    """How many times as tall as wide a pixel is; 1 if the file says nothing usable."""
    across, down = _resolution(picture.info)
    if not (across > 0 and down > 0):  # nor are they NaN
        return 1.0
    aspect = across / down
    is_plausible = 1 / _MOST <= aspect <= _MOST
    return aspect if is_plausible and abs(aspect - 1) > _LEAST_DIFFERENCE else 1.0


def with_square_pixels(
    picture: Image.Image, aspect: float, longest: int
) -> Image.Image:
    """The picture stretched to its true form, its sides no longer than that."""
    if aspect == 1:
        return picture
    width, height = picture.size
    form = (width, height * aspect) if aspect > 1 else (width / aspect, height)
    scale = min(1, longest / max(form))
    size = max(1, round(form[0] * scale)), max(1, round(form[1] * scale))
    return picture.resize(size, Image.Resampling.BILINEAR)


def _resolution(info: dict[Any, Any]) -> tuple[float, float]:
    """Dots to a length, across and down: of any length, as only their ratio matters."""
    found = info.get("dpi") or info.get("resolution") or info.get("aspect")
    if not found and info.get("jfif_unit") == 0:
        found = info.get("jfif_density")
    try:
        across, down = found or (1, 1)
        return float(across), float(down)
    except (TypeError, ValueError, ZeroDivisionError):  # tags of another type
        return 1.0, 1.0
