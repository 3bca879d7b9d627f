"""The page to draw on, as a hand uses it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Request, expect

Points = Sequence[tuple[float, float]]

SEVEN: Points = ((0.28, 0.24), (0.5, 0.235), (0.72, 0.22), (0.6, 0.5), (0.45, 0.84))
ONE: Points = ((0.5, 0.18), (0.5, 0.5), (0.5, 0.82))
SURE_7 = re.compile(r"^7, .* sure; next \d$")


@dataclass(frozen=True)
class Pad:
    """Draws in the units of the pad: 0 to 1 from left to right and top to bottom."""

    page: Page

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place on the pad in pixels of the window."""
        box = self.page.locator("#pad").bounding_box()
        assert box
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def draw(self, *strokes: Points) -> None:
        """Draw by mouse."""
        for points in strokes:
            self.page.mouse.move(*self.at(*points[0]))
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*self.at(*point), steps=5)
            self.page.mouse.up()

    def expect_answer(self, digit: int) -> None:
        """That this digit is answered, and that the answer is settled."""
        expect(self.page.locator("#label:not(.draft)")).to_have_text(str(digit))

    def expect_prompt(self) -> None:
        """That there is nothing on the pad, and no answer."""
        expect(self.page.locator("#label")).to_have_text("")
        expect(self.page.locator("#clear")).to_be_disabled()

    @property
    def is_inked(self) -> bool:
        """Whether any pixel of the pad is dark."""
        return bool(self.page.evaluate(_DARKEST) < 100)

    def darkness_at(self, x: float, y: float) -> int:
        """The grey level of the pad there, 0 to 255."""
        level: int = self.page.evaluate(_LEVEL, [x, y])
        return level

    @property
    def strokes(self) -> list[Any]:
        """What a reload would bring back."""
        text = self.page.evaluate("sessionStorage.getItem('digits.drawing') ?? '[]'")
        found: list[Any] = json.loads(text)
        return found


# The canvas is painted in the next frame. It is read by way of another one, as Chromium
# warns of a canvas that is read often.
_COPY = """
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    const pad = document.getElementById("pad");
    const copy = Object.assign(document.createElement("canvas"),
        { width: pad.width, height: pad.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(pad, 0, 0);"""
_DARKEST = f"""async () => {{
    {_COPY}
    const {{ data }} = context.getImageData(0, 0, pad.width, pad.height);
    return data.reduce((least, value) => Math.min(least, value), 255);
}}"""
_LEVEL = f"""async ([x, y]) => {{
    {_COPY}
    const [column, row] = [Math.round(x * pad.width), Math.round(y * pad.height)];
    return context.getImageData(column, row, 1, 1).data[0];
}}"""
# The browser's protocol does not tell the bodies that are blobs.
_NOTE_PICTURES = """() => {
    const fetch = window.fetch;
    window.pictures = [];
    window.fetch = async (address, options) => {
        const file = options.body instanceof Blob ? options.body : new Blob();
        pictures.push([...new Uint8Array(await file.arrayBuffer())]);
        return fetch(address, options);
    };
}"""


class Asked:
    """The predictions that a page asked for, while this listens."""

    def __init__(self, page: Page) -> None:
        self.requests: list[Request] = []
        self._page = page
        page.evaluate(_NOTE_PICTURES)
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.method == "POST":
            self.requests.append(request)

    @property
    def drafts(self) -> list[bool]:
        """Of each request, whether it is for an unfinished drawing."""
        return ["draft=1" in request.url for request in self.requests]

    @property
    def last_picture(self) -> bytes:
        """The picture of the last one."""
        return bytes(self._page.evaluate("window.pictures.at(-1)"))
