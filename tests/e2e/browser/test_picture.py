"""The README shows the page as it is: this test makes its picture anew on demand."""

import io
import os
import re

from PIL import Image

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pad import Pad
from tests.support.environment import ROOT

PICTURE = ROOT / "docs" / "images" / "draw.png"
DIGIT = ROOT / "docs" / "images" / "digit.png"
SIZE = {"width": 1120, "height": 980}
# A 7 as a hand writes it.
HAND = (
    (0.27, 0.26), (0.33, 0.235), (0.42, 0.225), (0.52, 0.225), (0.62, 0.22),
    (0.705, 0.21), (0.69, 0.28), (0.655, 0.37), (0.61, 0.47), (0.565, 0.57),
    (0.53, 0.66), (0.505, 0.75), (0.49, 0.83),
)  # fmt: skip


def test_picture_of_the_readme_is_small_and_shows_the_page(open_page: OpenPage) -> None:
    page = open_page(viewport=SIZE)
    Pad(page).draw(HAND)
    Pad(page).expect_answer(7)
    page.mouse.move(5, 5)
    shown = page.screenshot()
    if os.environ.get("RENEW_PICTURES"):
        PICTURE.write_bytes(shown)
    kept = PICTURE.read_bytes()
    assert len(kept) < 100_000
    with Image.open(io.BytesIO(kept)) as old, Image.open(io.BytesIO(shown)) as new:
        assert old.size == new.size
    assert f"]({PICTURE.relative_to(ROOT)})" in (ROOT / "README.md").read_text()


def test_digit_of_the_readme_reads_as_it_says(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#file").set_input_files(DIGIT)
    Pad(page).expect_answer(7)
    readme = (ROOT / "README.md").read_text()
    (sent,) = re.findall(r"curl -F image=@(\S+) http", readme)
    assert ROOT / sent == DIGIT
