"""Pictures of digits as people send them: every file format, light, paper and pen.

Each case of PAGES and FILES takes a digit and a random generator and returns a body.
"""

import io
import struct
import zlib
from collections.abc import Callable
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.service.image.strokes import Ink, draw

Colours = NDArray[np.float64]
Picture = Callable[[int, np.random.Generator], bytes]
HEIGHT, WIDTH = 400, 520
LIT = np.ones((HEIGHT, WIDTH))
PENS = ((30, 30, 35), (25, 35, 130), (140, 25, 25), (15, 80, 40))


def encode(picture: Image.Image, form: str, **options: Any) -> bytes:
    """Return the picture as the bytes of a file."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def placed(ink: Ink, height: int, width: int, y: float = 0.5, x: float = 0.5) -> Ink:
    """Return a page (height, width) of no ink with the digit's ink laid on it."""
    page = np.zeros((height, width))
    top, left = int(y * (height - ink.shape[0])), int(x * (width - ink.shape[1]))
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return page


def canvas(
    digit: int, side: int = 280, pen: float = 20, length: float = 180
) -> Image.Image:
    """Return a digit drawn in black on white, as on a web page's canvas (mode L)."""
    return black_on_white(placed(draw(digit, length, pen), side, side))


def black_on_white(ink: Ink) -> Image.Image:
    """Return the ink (h, w), 0 to 1, as a picture in mode L."""
    return Image.fromarray((255 - 255 * ink).astype(np.uint8))


def photo(
    digit: int,
    rng: np.random.Generator,
    *,
    length: float = 200,
    pen: float = 10,
    at: tuple[float, float] | None = None,
    ink: tuple[float, float, float] | None = None,
    paper: tuple[float, float, float] = (225, 222, 214),
    light: Ink | None = None,
    lines: Ink | None = None,
    noise: float = 3,
) -> Colours:
    """Return the colours (h, w, 3) of a digit on paper under uneven light."""
    y, x = at or rng.uniform(0.1, 0.9, 2)
    strokes = placed(draw(digit, length, pen), HEIGHT, WIDTH, y, x)[..., None]
    colours = np.broadcast_to(np.array(paper, dtype=float), (HEIGHT, WIDTH, 3))
    if lines is not None:
        colours = colours * (1 - lines[..., None]) + lines[..., None] * (120, 150, 205)
    pens = ink or PENS[rng.integers(len(PENS))]
    colours = colours * (1 - strokes) + strokes * np.array(pens)
    colours = colours * (uneven(rng, 0.4) if light is None else light)[..., None]
    seen: Colours = colours + rng.normal(0, noise, (HEIGHT, WIDTH, 1))
    return seen


def jpeg(colours: Colours, quality: int = 80) -> bytes:
    """Return the colours as a JPEG file."""
    return encode(_image(colours), "JPEG", quality=quality)


def _image(colours: Colours) -> Image.Image:
    return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))


def uneven(rng: np.random.Generator, strength: float) -> Ink:
    """Return light (h, w) that falls off towards one side and the corners."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    turn = rng.uniform(0, 2 * np.pi)
    slope = (np.cos(turn) * x + np.sin(turn) * y + 1.4) / 2.8
    light: Ink = 1 - strength * slope - strength / 4 * (x * x + y * y)
    return light


def shadow(rng: np.random.Generator) -> Ink:
    """Return light (h, w) with a shadow over about half of the page."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    turn = rng.uniform(0, 2 * np.pi)
    depth = np.cos(turn) * x + np.sin(turn) * y + rng.uniform(-0.3, 0.3)
    light: Ink = 1 - 0.4 / (1 + np.exp(-np.clip(depth * 60, -50, 50)))
    return light


def ruled(rng: np.random.Generator, squared: bool) -> Ink:
    """Return the lines (h, w) of ruled or squared paper, a little askew."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    gap, tilt = rng.uniform(40, 70), rng.normal(0, 0.015)
    across = np.abs((y + tilt * x) % gap - gap / 2) < 1
    down = np.abs((x - tilt * y) % gap - gap / 2) < 1
    lines: Ink = 0.6 * (across | (down & squared))
    return lines


def framed(colours: Colours, width: int = 9) -> Colours:
    """Draw a dark frame along the picture's border."""
    colours = colours.copy()
    for side in (np.s_[:width], np.s_[-width:], np.s_[:, :width], np.s_[:, -width:]):
        colours[side] = 40
    return colours


def beside_table(colours: Colours) -> Colours:
    """Lay the page over one half of a dark table, of the same size."""
    table = np.full((HEIGHT, WIDTH, 3), (70, 45, 30), dtype=float)
    table[:, WIDTH * 2 // 5 :] = colours[:, : WIDTH * 3 // 5]
    return table


def on_table(colours: Colours, rng: np.random.Generator) -> Colours:
    """Lay the page on a dark table, turned a little."""
    table = np.full((HEIGHT, WIDTH, 3), (70, 45, 30)) + rng.normal(
        0, 6, (HEIGHT, WIDTH, 1)
    )
    page = _image(colours).resize((WIDTH * 4 // 5, HEIGHT * 4 // 5)).convert("RGBA")
    page = page.rotate(
        rng.uniform(-5, 5), expand=True, resample=Image.Resampling.BICUBIC
    )
    scene = _image(table).convert("RGBA")
    scene.alpha_composite(
        page, ((WIDTH - page.width) // 2, (HEIGHT - page.height) // 2)
    )
    return np.asarray(scene.convert("RGB"), dtype=float)


def speckled(colours: Colours, rng: np.random.Generator) -> Colours:
    """Put three dark specks on the page."""
    colours = colours.copy()
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    for top, left in rng.uniform(0.05, 0.95, (3, 2)) * (HEIGHT, WIDTH):
        colours[(y - top) ** 2 + (x - left) ** 2 < 9] = 50
    return colours


def boxed(digit: int, rng: np.random.Generator) -> bytes:
    """A digit in a box drawn with the same pen, as on a form."""
    corners = [(160, 70), (362, 74), (358, 330), (158, 326), (160, 70)]
    return _with_lines(digit, rng, corners)


def boxed_loosely(digit: int, rng: np.random.Generator) -> bytes:
    """A digit in a box whose four sides do not meet."""
    top, bottom = [(164, 64), (352, 70)], [(168, 336), (360, 330)]
    return _with_lines(
        digit, rng, top, bottom, [(150, 72), (154, 322)], [(372, 80), (368, 326)]
    )


def circled(digit: int, rng: np.random.Generator) -> bytes:
    """A digit in a circle drawn with the same pen."""
    turns = np.linspace(0, 2 * np.pi, 60)
    circle = np.stack([260 + 150 * np.cos(turns), 200 + 140 * np.sin(turns)], axis=1)
    return _with_lines(digit, rng, list(map(tuple, circle)))


def underlined(digit: int, rng: np.random.Generator) -> bytes:
    """A digit with a line drawn under it."""
    return _with_lines(digit, rng, [(190, 330), (330, 324)])


def _with_lines(digit: int, rng: np.random.Generator, *lines: list[Any]) -> bytes:
    pen = (30, 30, 35)
    page = _image(photo(digit, rng, at=(0.5, 0.5), ink=pen, light=LIT))
    for line in lines:
        ImageDraw.Draw(page).line(line, fill=pen, width=5)
    return encode(page.resize((WIDTH * 2, HEIGHT * 2)), "JPEG")


def card(digit: int, rng: np.random.Generator) -> bytes:
    """A white card with the digit, turned, on a table of some colour."""
    ink = placed(draw(digit, 130, 12), 170, 220)[..., None]
    page = _image(240 - 190 * ink * np.ones(3) + rng.normal(0, 2, (170, 220, 1)))
    page = page.convert("RGBA").rotate(
        rng.uniform(-4, 4), expand=True, resample=Image.Resampling.BICUBIC
    )
    colours = np.array((110, 70, 45)) + rng.normal(0, 5, (HEIGHT, WIDTH, 1))
    table = _image(colours).convert("RGBA")
    table.alpha_composite(page, (120, 90))
    return encode(table.convert("RGB"), "JPEG")


def filling(digit: int, rng: np.random.Generator) -> bytes:
    """A thick digit in white on black that reaches all four sides."""
    ink = draw(digit, 200, 30 + int(rng.integers(10)))
    return encode(Image.fromarray((255 * ink).astype(np.uint8)), "PNG")


def tiny(digit: int, side: int) -> bytes:
    """A digit from top to bottom of a few pixels, white on black."""
    ink = placed(draw(digit, 196, 24), 200, 200)
    page = Image.fromarray((255 * ink).astype(np.uint8))
    return encode(page.resize((side, side), Image.Resampling.LANCZOS), "PNG")


def panel(digit: int, rng: np.random.Generator) -> bytes:
    """A black drawing panel on a white page, the digit in white on it."""
    page = Image.new("L", (420, 360), 255)
    page.paste(
        Image.eval(canvas(digit, 240, 16, 150), lambda grey: 255 - grey), (90, 50)
    )
    return encode(page, "PNG")


def transparent(digit: int, shade: int, rest: int) -> bytes:
    """Ink of one shade on nothing; under what is transparent lies another."""
    opacity = np.asarray(Image.eval(canvas(digit), lambda grey: 255 - grey))
    pixels = np.full((*opacity.shape, 4), rest, dtype=np.uint8)
    pixels[opacity > 0] = shade
    pixels[..., 3] = opacity
    return encode(Image.fromarray(pixels), "PNG")


def see_through_palette(digit: int) -> bytes:
    """A palette of which the paper's entry is transparent."""
    picture = canvas(digit).convert("P")
    return encode(picture, "PNG", transparency=picture.getpixel((0, 0)))


def sixteen_bits(digit: int, form: str) -> bytes:
    """Grey of 16 bits a pixel, of which the picture uses the lower tenth."""
    return encode(
        Image.fromarray(np.asarray(canvas(digit)).astype(np.uint16) * 25), form
    )


def run_length_coded(picture: Image.Image) -> bytes:
    """Return a picture (mode L) as a BMP of 8 bits in run-length coding."""
    rows = np.asarray(picture)[::-1]
    runs = b"".join(_runs(row) + b"\0\0" for row in rows) + b"\0\1"
    greys = b"".join(bytes((grey, grey, grey, 0)) for grey in range(256))
    sizes = struct.pack("<IHHI", 1078 + len(runs), 0, 0, 1078)
    header = (40, *picture.size, 1, 8, 1, len(runs), 0, 0, 0, 0)
    return b"BM" + sizes + struct.pack("<IiiHHIIiiII", *header) + greys + runs


def _runs(row: NDArray[np.uint8]) -> bytes:
    """Return a row as pairs of a length, of 255 at most, and a grey."""
    return b"".join(
        bytes((min(255, length - done), grey))
        for grey, same in groupby(row.tolist())
        for length in [len(list(same))]
        for done in range(0, length, 255)
    )


def _blurred(digit: int, rng: np.random.Generator) -> bytes:
    colours = np.asarray(_image(photo(digit, rng, pen=16)).resize((130, 100)))
    return jpeg(
        np.asarray(Image.fromarray(colours).resize((WIDTH, HEIGHT)), dtype=float)
    )


CHALK: dict[str, Any] = {"ink": (235, 235, 225), "paper": (45, 70, 55), "pen": 14}
CREASED: dict[str, Any] = {"ink": (40, 110, 60), "paper": (190, 60, 120)}

PAGES: dict[str, Picture] = {
    "pen on paper": lambda d, rng: jpeg(photo(d, rng)),
    "strong falling-off of light": lambda d, rng: jpeg(
        photo(d, rng, light=uneven(rng, 0.7))
    ),
    "shadow": lambda d, rng: jpeg(photo(d, rng, light=shadow(rng))),
    "ruled paper": lambda d, rng: jpeg(photo(d, rng, lines=ruled(rng, squared=False))),
    "squared paper": lambda d, rng: jpeg(photo(d, rng, lines=ruled(rng, squared=True))),
    "noise": lambda d, rng: jpeg(photo(d, rng, noise=25, pen=14)),
    "blur": _blurred,
    "JPEG blocks": lambda d, rng: jpeg(photo(d, rng, pen=14), quality=8),
    "frame": lambda d, rng: jpeg(framed(photo(d, rng, length=150, at=(0.5, 0.4)))),
    "page on a table": lambda d, rng: jpeg(on_table(photo(d, rng, at=(0.5, 0.6)), rng)),
    "page beside a table": lambda d, rng: jpeg(
        beside_table(photo(d, rng, length=150, pen=18, at=(0.5, 0.25), light=LIT))
    ),
    "specks": lambda d, rng: jpeg(speckled(photo(d, rng), rng)),
    "pencil": lambda d, rng: jpeg(photo(d, rng, pen=3, ink=(150, 150, 152))),
    "marker": lambda d, rng: jpeg(photo(d, rng, pen=40)),
    "small on a large page": lambda d, rng: jpeg(photo(d, rng, length=28, pen=2.5)),
    "touching the edge": lambda d, rng: jpeg(
        photo(d, rng, length=360, pen=24, at=(0, 0.5))
    ),
    "chalk on a board": lambda d, rng: jpeg(photo(d, rng, **CHALK)),
    "colour on colour of like lightness": lambda d, rng: jpeg(photo(d, rng, **CREASED)),
    "low contrast": lambda d, rng: jpeg(photo(d, rng, ink=(195, 192, 186), noise=1.5)),
    "panel on a page": panel,
    "box round the digit": boxed,
    "box of four lines": boxed_loosely,
    "circle round the digit": circled,
    "underlined": underlined,
    "card on a table": card,
    "white ink from side to side": filling,
    "28x28, one pixel thin": lambda d, rng: encode(canvas(d, 28, 1, 22), "PNG"),
    "9x9, from top to bottom": lambda d, rng: tiny(d, 9),
    "cut to the ink": lambda d, rng: encode(black_on_white(draw(d, 180, 30)), "PNG"),
}

FILES: dict[str, Callable[[int], bytes]] = {
    "PNG": lambda d: encode(canvas(d), "PNG"),
    "PNG, inverted": lambda d: encode(
        Image.eval(canvas(d), lambda grey: 255 - grey), "PNG"
    ),
    "PNG, RGB": lambda d: encode(canvas(d).convert("RGB"), "PNG"),
    "PNG, opaque RGBA": lambda d: encode(canvas(d).convert("RGBA"), "PNG"),
    "PNG, grey and alpha": lambda d: encode(canvas(d).convert("LA"), "PNG"),
    "PNG, palette": lambda d: encode(canvas(d).convert("RGB").quantize(8), "PNG"),
    "PNG, transparent palette": see_through_palette,
    "PNG, one bit": lambda d: encode(
        canvas(d).convert("1", dither=Image.Dither.NONE), "PNG"
    ),
    "PNG, 16 bits": lambda d: sixteen_bits(d, "PNG"),
    "dark ink on transparent black": lambda d: transparent(d, 0, 0),
    "dark ink on transparent white": lambda d: transparent(d, 0, 255),
    "light ink on transparent black": lambda d: transparent(d, 255, 0),
    "light ink on transparent white": lambda d: transparent(d, 255, 255),
    "JPEG": lambda d: encode(canvas(d), "JPEG"),
    "JPEG, quality 30": lambda d: encode(canvas(d), "JPEG", quality=30),
    "JPEG, progressive": lambda d: encode(canvas(d), "JPEG", progressive=True),
    "JPEG, CMYK": lambda d: encode(canvas(d).convert("CMYK"), "JPEG"),
    "JPEG, several pictures": lambda d: encode(
        canvas(d).convert("RGB"),
        "MPO",
        save_all=True,
        append_images=[canvas(8).convert("RGB")],
    ),
    "GIF": lambda d: encode(canvas(d), "GIF"),
    "GIF, animated": lambda d: encode(
        canvas(d), "GIF", save_all=True, append_images=[canvas((d + 1) % 10)]
    ),
    "WebP": lambda d: encode(canvas(d), "WEBP", quality=40),
    "WebP, lossless": lambda d: encode(canvas(d), "WEBP", lossless=True),
    "AVIF": lambda d: encode(canvas(d), "AVIF", speed=10),
    "BMP": lambda d: encode(canvas(d), "BMP"),
    "BMP, run-length coded": lambda d: run_length_coded(canvas(d)),
    "TIFF": lambda d: encode(canvas(d), "TIFF"),
    "TIFF, LZW": lambda d: encode(canvas(d), "TIFF", compression="tiff_lzw"),
    "TIFF, fax": lambda d: encode(canvas(d).convert("1"), "TIFF", compression="group4"),
    "TIFF, 16 bits": lambda d: sixteen_bits(d, "TIFF"),
    "TIFF, float": lambda d: encode(canvas(d).convert("F"), "TIFF"),
    "TIFF, CMYK": lambda d: encode(canvas(d).convert("CMYK"), "TIFF"),
}


def resealed(png: bytes) -> bytes:
    """Give every chunk the right checksum, so that damage reaches the decoder."""
    sealed, at = png[:8], 8
    while at + 8 <= len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4])
        chunk = png[at + 4 : end]
        sealed += png[at : at + 4] + chunk + struct.pack(">I", zlib.crc32(chunk))
        at = end + 4
    return sealed
