"""Fingers, pens, palms and other buttons, by Chromium's own protocol."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pad import ONE, SEVEN, Pad
from tests.support.waiting import wait_until

Touch = Callable[..., None]


@pytest.fixture
def phone(open_page: OpenPage) -> Pad:
    return Pad(open_page(size="phone", has_touch=True, is_mobile=True))


@pytest.fixture
def touch(phone: Pad) -> Touch:
    """Send a touch event: its kind, and where the fingers are, in units of the pad."""
    session: CDPSession = phone.page.context.new_cdp_session(phone.page)

    def touch(kind: str, *fingers: tuple[float, float]) -> None:
        points = [
            {"x": x, "y": y, "id": number}
            for number, (x, y) in enumerate(phone.at(*finger) for finger in fingers)
        ]
        session.send(
            "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points}
        )

    return touch


def _scrolled(page: Page) -> float:
    scrolled: float = page.evaluate("scrollY")
    return scrolled


def test_finger_on_the_pad_draws_and_does_not_scroll(phone: Pad, touch: Touch) -> None:
    touch("Start", SEVEN[0])
    for point in SEVEN[1:]:
        touch("Move", point)
    touch("End")
    phone.expect_answer(7)
    assert _scrolled(phone.page) == 0


def test_finger_beside_the_pad_scrolls(phone: Pad, touch: Touch) -> None:
    beside = -0.06  # 24 px are free on both sides
    touch("Start", (beside, 0.9))
    for y in (0.7, 0.5, 0.3, 0.1):
        touch("Move", (beside, y))
    touch("End")
    wait_until("the page has scrolled", lambda: _scrolled(phone.page) > 50)
    assert not phone.is_inked


def test_second_finger_draws_nothing(phone: Pad, touch: Touch) -> None:
    touch("Start", (0.2, 0.2))
    touch("Move", (0.2, 0.5))
    touch("Start", (0.2, 0.5), (0.8, 0.5))
    touch("Move", (0.2, 0.8), (0.8, 0.8))
    touch("End")
    assert len(phone.strokes) == 1
    assert phone.darkness_at(0.8, 0.7) == 255


def test_cancelled_stroke_keeps_its_ink_and_the_next_one_starts(
    phone: Pad, touch: Touch
) -> None:
    touch("Start", (0.5, 0.2))
    touch("Move", (0.5, 0.6))
    touch("Cancel")
    assert len(phone.strokes) == 1
    touch("Start", (0.3, 0.5))
    touch("Move", (0.7, 0.5))
    touch("End")
    assert len(phone.strokes) == 2


def _pen(pad: Pad, *events: tuple[str, tuple[float, float]]) -> None:
    session = pad.page.context.new_cdp_session(pad.page)
    for kind, place in events:
        x, y = pad.at(*place)
        pressed = {"button": "left", "buttons": 1, "clickCount": 1}
        session.send(
            "Input.dispatchMouseEvent",
            {"type": f"mouse{kind}", "pointerType": "pen", "x": x, "y": y, **pressed},
        )


def test_pen_drops_the_palm_that_came_before_it(phone: Pad, touch: Touch) -> None:
    touch("Start", (0.9, 0.9))
    touch("Move", (0.85, 0.95))
    _pen(
        phone, ("Pressed", (0.5, 0.2)), ("Moved", (0.5, 0.8)), ("Released", (0.5, 0.8))
    )
    touch("End")
    assert len(phone.strokes) == 1
    assert phone.darkness_at(0.9, 0.9) == 255
    assert phone.darkness_at(0.5, 0.5) < 50


def test_touch_while_a_pen_is_near_is_a_palm(phone: Pad, touch: Touch) -> None:
    _pen(
        phone, ("Pressed", (0.5, 0.2)), ("Moved", (0.5, 0.8)), ("Released", (0.5, 0.8))
    )
    touch("Start", (0.9, 0.9))
    touch("Move", (0.8, 0.9))
    touch("End")
    assert len(phone.strokes) == 1


@pytest.mark.parametrize("button", ["right", "middle"])
def test_other_buttons_draw_nothing(pad: Pad, button: Any) -> None:
    pad.page.mouse.move(*pad.at(0.3, 0.3))
    pad.page.mouse.down(button=button)
    pad.page.mouse.move(*pad.at(0.7, 0.7), steps=5)
    pad.page.mouse.up(button=button)
    assert not pad.is_inked


def test_stroke_goes_on_outside_of_the_pad_and_ends_there(pad: Pad) -> None:
    mouse = pad.page.mouse
    mouse.move(*pad.at(0.5, 0.5))
    mouse.down()
    mouse.move(*pad.at(1.3, 0.5), steps=5)
    mouse.up()
    mouse.move(*pad.at(0.3, 0.3), steps=5)
    assert len(pad.strokes) == 1
    assert pad.darkness_at(0.9, 0.5) < 50
    assert pad.darkness_at(0.3, 0.3) == 255


@pytest.mark.parametrize("scale", [1, 1.5, 2, 3])
def test_ink_is_under_the_pointer_at_every_density(
    open_page: OpenPage, scale: float
) -> None:
    pad = Pad(open_page(device_scale_factor=scale))
    pad.page.evaluate("scrollTo(0, 60)")
    pad.draw(ONE)
    assert pad.darkness_at(0.5, 0.5) < 50
    assert pad.darkness_at(0.5, 0.18 - 0.06) == 255
    assert pad.darkness_at(0.44, 0.5) == 255


def test_tap_leaves_a_dot(pad: Pad) -> None:
    pad.page.mouse.click(*pad.at(0.5, 0.5))
    assert pad.darkness_at(0.5, 0.5) < 50
    assert pad.darkness_at(0.6, 0.5) == 255


def test_fast_stroke_is_a_curve(pad: Pad) -> None:
    # Four points of a circle around the middle: between them, lines would cut inside.
    pad.draw([(0.5, 0.2), (0.8, 0.5), (0.5, 0.8), (0.2, 0.5)])
    quarter = 0.5 + 0.5 * (0.3 + 0.15) / 2 + 0.0375
    assert pad.darkness_at(quarter, 1 - quarter) < 255


def test_pad_is_drawn_on_by_keys(pad: Pad) -> None:
    keyboard = pad.page.keyboard
    pad.page.locator("#pad").focus()
    for _ in range(9):
        keyboard.press("ArrowUp")
    keyboard.press("Space")
    for _ in range(18):
        keyboard.press("ArrowDown")
    keyboard.press("Space")
    pad.expect_answer(1)
    expect(pad.page.locator("#pad")).to_have_attribute(
        "aria-label", "Drawing pad: 1 stroke"
    )
    keyboard.press("Tab")
    expect(pad.page.locator("#undo")).to_be_focused()
