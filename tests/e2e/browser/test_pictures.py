"""Pictures: chosen, dropped and pasted; and what is said of files that are none."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pad import Asked, Pad
from tests.support import digits

REFUSED = "the server responded with a status of"
# A picture from base64, as drop and paste bring it.
FILE = """const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const file = new File([bytes], "photo.png", { type: "image/png" });"""


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page(told=REFUSED)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_chosen_picture_is_sent_as_it_is_and_shown(page: Page) -> None:
    asked, picture = Asked(page), digits.picture(4)
    page.locator("#file").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": picture}
    )
    Pad(page).expect_answer(4)
    assert asked.last_picture == picture
    expect(page.locator("#picture")).to_be_visible()
    page.locator("#undo").click()
    expect(page.locator("#picture")).to_be_hidden()


def test_file_field_leaves_gallery_and_camera_to_the_phone(page: Page) -> None:
    field = page.locator("#file")
    assert field.get_attribute("capture") is None
    assert "heic" not in (field.get_attribute("accept") or "")
    assert "image/jpeg" in (field.get_attribute("accept") or "")


DROP = f"""([data, id]) => {{
    {FILE}
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    const target = document.getElementById(id);
    for (const kind of ["dragenter", "dragover", "drop"])
        target.dispatchEvent(new DragEvent(kind,
            {{ bubbles: true, cancelable: true, dataTransfer }}));
}}"""


@pytest.mark.parametrize("place", ["pad", "detail"])
def test_dropped_picture_is_read_wherever_it_falls(page: Page, place: str) -> None:
    page.evaluate(DROP, [_base64(digits.picture(2)), place])
    Pad(page).expect_answer(2)
    expect(page.locator("html")).not_to_have_class("dropping")


def test_drop_without_a_file_is_explained(page: Page) -> None:
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.setData("text/uri-list", "https://example.com/a.png");
            const drop = new DragEvent("drop",
                { bubbles: true, cancelable: true, dataTransfer });
            window.prevented = !document.body.dispatchEvent(drop);
        }"""
    )
    assert page.evaluate("prevented")
    expect(page.locator("#fault.hint")).to_contain_text("no picture file")


def test_mark_of_a_drag_goes_when_it_leaves(page: Page) -> None:
    drag = "kind => document.body.dispatchEvent(new DragEvent(kind, {bubbles: true}))"
    html = page.locator("html")
    for kind in ("dragenter", "dragenter", "dragleave"):
        page.evaluate(drag, kind)
    expect(html).to_have_class("dropping")
    page.evaluate(drag, "dragleave")
    expect(html).not_to_have_class("dropping")


PASTE = f"""([data, shape]) => {{
    {FILE}
    const text = {{ kind: "string", getAsFile: () => null }};
    const picture = {{ kind: "file", getAsFile: () => file }};
    const clipboardData = {{
        files: {{ files: [file], items: [], none: [] }}[shape],
        items: {{ files: [], items: [text, picture], none: [text] }}[shape],
    }};
    const paste = new Event("paste", {{ bubbles: true, cancelable: true }});
    Object.defineProperty(paste, "clipboardData", {{ value: clipboardData }});
    document.body.dispatchEvent(paste);
}}"""


@pytest.mark.parametrize("shape", ["files", "items"])
def test_pasted_picture_is_read(page: Page, shape: str) -> None:
    page.evaluate(PASTE, [_base64(digits.picture(6)), shape])
    Pad(page).expect_answer(6)


def test_pasted_text_is_explained(page: Page) -> None:
    page.evaluate(PASTE, ["", "none"])
    expect(page.locator("#fault.hint")).to_contain_text("holds no picture")


REFUSED_FILES: list[tuple[str, bytes, str]] = [
    ("photo.heic", b"\0\0\0\x18ftypheic" + bytes(99), "Most compatible"),
    ("notes.txt", b"hello", "no picture that is read here"),
    ("empty.png", b"", "That file is empty"),
    ("cut.png", digits.picture(3)[:200], "damaged"),
    ("large.png", b"\x89PNG" + bytes(9 * 2**20), "too large"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture that"),
]


@pytest.mark.parametrize(
    ("name", "content", "said"), REFUSED_FILES, ids=[row[0] for row in REFUSED_FILES]
)
def test_file_that_is_refused_is_explained_and_the_page_goes_on(
    page: Page, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    page.locator("#file").set_input_files(file)
    expect(page.locator("#fault")).to_contain_text(said)
    Pad(page).page.locator("[data-sample='7']").click()
    Pad(page).expect_answer(7)
    expect(page.locator("#fault")).to_be_hidden()
