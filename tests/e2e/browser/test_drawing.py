"""Drawing: strokes, undo, the answer that follows, and what a reload keeps."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pad import ONE, SEVEN, SURE_7, Asked, Pad

PNG = re.compile(r"^data:image/png;base64,")
# What browsers that guard against fingerprinting make useless.
NO_READ_BACK = """
    delete CanvasRenderingContext2D.prototype.getImageData;
    delete HTMLCanvasElement.prototype.toBlob;
    delete HTMLCanvasElement.prototype.toDataURL;
"""


def test_drawn_7_reads_7(pad: Pad) -> None:
    pad.draw(SEVEN)
    pad.expect_answer(7)
    page = pad.page
    expect(page.locator("#sentence")).to_have_text(SURE_7)
    rows = page.locator("#outputs [data-digit]")
    values = [float(row.get_attribute("data-value") or "") for row in rows.all()]
    assert values.index(max(values)) == 7
    for picture in ("#seen", "#why"):
        expect(page.locator(picture)).to_have_attribute("src", PNG)
    expect(page.locator("#why-words")).to_contain_text("spoke for 7")
    expect(page.locator("#detail")).to_contain_text("version 1")
    expect(page.locator("#detail")).to_contain_text("J (estimate)")
    expect(page.locator("#warnings li")).to_have_count(0)


def test_small_7_in_a_corner_reads_7(pad: Pad) -> None:
    pad.page.locator("#pen").fill("5")
    for x, y in ((0, 0), (0.6, 0), (0, 0.6), (0.6, 0.6)):
        pad.draw([(x + 0.4 * across, y + 0.4 * down) for across, down in SEVEN])
        pad.expect_answer(7)
        pad.page.locator("#clear").click()
        pad.expect_prompt()


def test_sample_reads_as_what_it_is(pad: Pad) -> None:
    for digit in range(10):
        pad.page.locator(f"[data-sample='{digit}']").click()
        pad.expect_answer(digit)


def test_nothing_is_read_back_from_the_canvas(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script(NO_READ_BACK)
    page.reload()
    Pad(page).draw(SEVEN)
    Pad(page).expect_answer(7)


def test_what_is_sent_is_a_small_grey_png(pad: Pad) -> None:
    asked = Asked(pad.page)
    pad.draw(SEVEN)
    pad.expect_answer(7)
    assert asked.last_picture.startswith(b"\x89PNG")
    assert len(asked.last_picture) < 1500


def test_same_drawing_is_the_same_picture_in_every_theme_and_size(
    open_page: OpenPage,
) -> None:
    pictures = []
    for options in (
        {"color_scheme": "light"},
        {"color_scheme": "dark", "device_scale_factor": 3},
        {"forced_colors": "active", "size": "phone"},
    ):
        page = open_page(**options)
        asked = Asked(page)
        page.locator("[data-sample='3']").click()
        Pad(page).expect_answer(3)
        pictures.append(asked.last_picture)
    assert pictures[0] == pictures[1] == pictures[2]


def test_undo_and_redo_go_by_stroke_and_clear_is_one_step(pad: Pad) -> None:
    undo, redo, clear = (pad.page.locator(id) for id in ("#undo", "#redo", "#clear"))
    expect(undo).to_be_disabled()
    pad.draw(SEVEN, ONE)
    undo.click()
    assert len(pad.strokes) == 1
    redo.click()
    assert len(pad.strokes) == 2
    clear.click()
    pad.expect_prompt()
    assert not pad.is_inked
    undo.click()
    assert len(pad.strokes) == 2
    assert pad.is_inked


def test_keys_undo_on_the_pad_and_nowhere_else(pad: Pad) -> None:
    pad.draw(SEVEN)
    pad.page.keyboard.press("Control+z")
    assert pad.strokes == []
    pad.page.keyboard.press("Control+Shift+z")
    assert len(pad.strokes) == 1
    pad.page.locator("#whole").focus()
    pad.page.keyboard.press("Control+z")
    assert len(pad.strokes) == 1


def test_drawing_outlives_resize_and_turn(open_page: OpenPage) -> None:
    page = open_page(size="phone")
    pad, asked = Pad(page), Asked(page)
    pad.draw(SEVEN)
    pad.expect_answer(7)
    before = asked.last_picture
    page.set_viewport_size({"width": 740, "height": 360})
    assert pad.darkness_at(0.5, 0.235) < 50
    page.locator("#undo").click()
    page.locator("#redo").click()
    pad.expect_answer(7)
    assert asked.last_picture == before


def test_drawing_outlives_a_reload(pad: Pad) -> None:
    pad.draw(SEVEN)
    pad.page.reload()
    pad.expect_answer(7)
    assert pad.is_inked


@pytest.mark.parametrize("stroke", [[(0.5, 0.5)], [(0.2, 0.5), (0.8, 0.5)]])
def test_dot_or_dash_is_no_digit_yet(
    pad: Pad, stroke: list[tuple[float, float]]
) -> None:
    asked = Asked(pad.page)
    pad.draw(stroke)
    expect(pad.page.locator("#fault.hint")).to_contain_text("No digit there yet")
    assert pad.is_inked
    assert asked.requests == []


def test_pen_width_is_what_the_slider_says(pad: Pad) -> None:
    for percent in ("5", "15"):
        pad.page.locator("#pen").fill(percent)
        pad.draw(ONE)
    assert [stroke["width"] for stroke in pad.strokes] == [0.05, 0.15]


def test_explanation_rather_than_the_next_digit(pad: Pad) -> None:
    pad.draw(SEVEN)
    pad.expect_answer(7)
    why, rather = pad.page.locator("#why"), pad.page.locator("#why-rather")
    first = why.get_attribute("src")
    assert first
    expect(rather).to_contain_text("7 rather than")
    rather.click()
    expect(why).not_to_have_attribute("src", first)
    expect(pad.page.locator("#why-words")).to_contain_text(rather.inner_text())
    expect(rather).to_have_attribute("aria-pressed", "true")


def test_whole_number_is_read_with_a_box_for_each_digit(pad: Pad) -> None:
    page = pad.page
    page.locator("#whole").check()
    pad.draw(*([(left + x, y) for x, y in ONE] for left in (-0.3, 0, 0.3)))
    expect(page.locator("#label")).to_have_text("111")
    expect(page.locator("#boxes .digit")).to_have_count(3)
    expect(page.locator("#digits button")).to_have_count(3)
    page.locator("#digits button").nth(1).click()
    best = page.locator("#outputs .best")
    expect(best).to_have_attribute("data-digit", "1")
