import base64
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from service.image import DigitImage, NoDigit, png_data_url, read_digit
from tests.service.image.likeness import likeness
from tests.service.image.pictures import (
    FILES,
    HEIGHT,
    PAGES,
    WIDTH,
    Picture,
    black_on_white,
    canvas,
    encode,
    jpeg,
    photo,
    placed,
    shadow,
    uneven,
)
from tests.service.image.strokes import draw

MAX_PIXELS = 40_000_000
ORIENTATION = 0x0112


def read(body: bytes) -> DigitImage:
    return read_digit(body, MAX_PIXELS, likeness)


def assert_reads_as(digit: int, body: bytes, likely: float) -> None:
    """The form is like the plain drawing's, and like no other digit's as much."""
    probabilities = likeness(read(body).pixels[None])[0]
    assert probabilities.argmax() == digit
    assert probabilities[digit] > likely


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_digit_on_any_page_is_read_like_a_plain_drawing(
    page: Picture, digit: int
) -> None:
    assert_reads_as(digit, page(digit, np.random.default_rng(digit)), likely=0.6)


@pytest.mark.parametrize("form", FILES)
def test_digit_in_any_file_format_is_read_alike(form: str) -> None:
    for digit in (2, 7):
        assert_reads_as(digit, FILES[form](digit), likely=0.6)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_is_turned_as_its_exif_orientation_says(
    orientation: int, form: str
) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    turned = canvas(7).transpose(undo[orientation]) if orientation > 1 else canvas(7)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    assert_reads_as(7, encode(turned, form, exif=exif), likely=0.6)


def test_small_digit_on_a_page_of_twelve_megapixels_survives() -> None:
    page = Image.new("L", (4000, 3000), 225)
    page.paste(black_on_white(draw(5, 260, 20)), (600, 1900))
    assert_reads_as(5, encode(page, "JPEG"), likely=0.6)


def in_mnists_form(digit: int) -> NDArray[np.uint8]:
    """A digit of exactly 20 rows, its centre of mass at (14, 14), in (28, 28)."""
    small = Image.fromarray((255 * draw(digit, 200, 26)).astype(np.uint8))
    size = round(small.width / small.height * 20), 20
    ink = np.asarray(small.resize(size, Image.Resampling.BOX)) / 255
    x = (ink.sum(axis=0) @ np.arange(ink.shape[1])) / ink.sum()
    y = (ink.sum(axis=1) @ np.arange(ink.shape[0])) / ink.sum()
    page = np.zeros((28, 28))
    top, left = round(14 - y), round(14 - x)
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink / ink.max()
    return (255 * page).astype(np.uint8)


@pytest.mark.parametrize("digit", range(10))
def test_picture_in_mnists_form_comes_through_unchanged(digit: int) -> None:
    pixels = in_mnists_form(digit)
    for picture in (pixels, 255 - pixels):
        for mode in ("L", "RGB", "RGBA"):
            body = encode(Image.fromarray(picture).convert(mode), "PNG")
            assert np.array_equal(read(body).pixels, pixels.ravel())


def test_pixels_are_784_bytes_up_to_full_ink() -> None:
    pixels = read(encode(canvas(4), "PNG")).pixels
    assert pixels.shape == (784,)
    assert pixels.dtype == np.uint8
    assert pixels.max() == 255


BLANK = {
    "white": Image.new("RGB", (300, 200), "white"),
    "black": Image.new("L", (28, 28), 0),
    "one colour": Image.new("RGB", (640, 480), (200, 30, 90)),
    "one pixel": Image.new("1", (1, 1)),
    "one column": Image.new("L", (1, 400), 7),
    "all transparent": Image.new("RGBA", (60, 60), (0, 0, 0, 0)),
    "half transparent": Image.new("LA", (60, 60), (9, 128)),
    "flat palette": Image.new("P", (50, 50), 3),
    "flat 16 bits": Image.fromarray(np.full((40, 40), 4242, dtype=np.uint16)),
    "gradient": Image.linear_gradient("L"),
    "one dot": black_on_white(placed(np.ones((1, 1)), 200, 200)),
}


@pytest.mark.parametrize("picture", BLANK.values(), ids=BLANK.keys())
def test_blank_picture_holds_no_digit(picture: Image.Image) -> None:
    with pytest.raises(NoDigit) as rejection:
        read(encode(picture, "PNG"))
    assert (rejection.value.width, rejection.value.height) == picture.size


@pytest.mark.parametrize("noise", [1, 4, 12])
@pytest.mark.parametrize("seed", range(3))
def test_photo_of_blank_paper_holds_no_digit(seed: int, noise: float) -> None:
    rng = np.random.default_rng(seed)
    paper = np.full((HEIGHT, WIDTH, 3), 220.0)
    grain = rng.normal(0, noise, (HEIGHT, WIDTH, 1))
    with pytest.raises(NoDigit):
        read(jpeg(paper * uneven(rng, 0.5)[..., None] + grain, quality=60))


def two_digits(left: int, right: int) -> bytes:
    ink = placed(draw(left, 150, 10), 300, 400, x=0.2)
    ink += placed(draw(right, 150, 10), 300, 400, x=0.75)
    return encode(black_on_white(ink), "PNG")


@pytest.mark.parametrize(("left", "right"), [(1, 7), (4, 2), (3, 3), (0, 8)])
def test_several_digits_give_a_warning(left: int, right: int) -> None:
    assert read(two_digits(left, right)).warnings


def test_black_bars_of_a_badly_cut_scan_are_no_second_digit() -> None:
    page = placed(draw(3, 100, 10), 220, 220)
    page[:, :22] = page[:18] = 1
    body = encode(black_on_white(page), "PNG")
    assert_reads_as(3, body, likely=0.6)
    assert not read(body).warnings


@pytest.mark.parametrize("digit", [3, 5, 8])
def test_speck_like_a_one_beside_a_digit_on_a_line_is_not_answered(digit: int) -> None:
    page = placed(draw(digit, 100, 10), 220, 400)
    page[158:161, 20:380] = 1
    page[80:102, 290:294] = 1
    assert_reads_as(digit, encode(black_on_white(page), "PNG"), likely=0.6)


@pytest.mark.parametrize("ends", [(150, 150), (180, 90)])
def test_digit_on_a_shaded_field_of_a_clean_page_is_read(ends: tuple[int, int]) -> None:
    page = np.full((460, 460), 255, dtype=np.uint8)
    field = np.linspace(*ends, 220) * (1 - 0.8 * placed(draw(7, 120, 10), 220, 220))
    page[120:340, 120:340] = field
    assert_reads_as(7, encode(Image.fromarray(page), "PNG"), likely=0.6)


@pytest.mark.parametrize("digit", range(10))
def test_single_digit_gives_no_warning(digit: int) -> None:
    rng = np.random.default_rng(digit)
    assert not read(jpeg(photo(digit, rng, light=shadow(rng)))).warnings


def test_strokes_that_do_not_touch_are_one_digit() -> None:
    body = draw(5, 200, 14)
    body[40:60] = 0  # the bar of the 5 comes off
    whole = encode(black_on_white(placed(body, 300, 300)), "PNG")
    assert not read(whole).warnings
    assert_reads_as(5, whole, likely=0.6)


def test_data_url_shows_the_pixels() -> None:
    pixels = read(encode(canvas(6), "PNG")).pixels
    kind, _, data = png_data_url(pixels).partition(",")
    shown = Image.open(io.BytesIO(base64.b64decode(data)))
    assert (kind, shown.size) == ("data:image/png;base64", (28, 28))
    assert np.array_equal(np.asarray(shown).ravel(), pixels)
