"""Large pictures: one at a time, few that wait, and no decoder that stops others."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from service.image import Undecodable, read_digit
from service.image.files.apart import WORTH_A_PROCESS, load_apart
from service.image.files.decoding import decode
from service.image.files.turns import (
    LONGEST_WAIT_S,
    MOST_WAITING,
    TooManyWaiting,
    turn,
)
from tests.service.image.likeness import likeness
from tests.service.image.pictures import black_on_white, encode, placed
from tests.service.image.strokes import draw
from tests.support.waiting import TIMEOUT_S

MAX_PIXELS = 10**7
SIDE = int(WORTH_A_PROCESS**0.5) + 1


def _page(background: tuple[int, ...]) -> Image.Image:
    page = Image.new(
        "RGBA" if len(background) == 4 else "RGB", (SIDE, SIDE), background
    )
    page.paste((0, 0, 0), (300, 200, 350, 800))
    return page


def _take_a_turn() -> None:
    with turn():
        pass


def test_few_may_wait_and_the_next_is_refused() -> None:
    with ThreadPoolExecutor(MOST_WAITING + 1) as pool:
        with turn():
            asked = [pool.submit(_take_a_turn) for _ in range(MOST_WAITING + 1)]
            (refused,), waiting = wait(asked, TIMEOUT_S, FIRST_COMPLETED)
            assert isinstance(refused.exception(), TooManyWaiting)
        for one in waiting:
            assert one.exception(TIMEOUT_S) is None


def _drawing(side: int) -> bytes:
    ink = placed(draw(3, side // 2, 3), side, side)
    return encode(black_on_white(ink), "PNG")


def _tiny_but_stretched() -> bytes:
    ink = placed(draw(3, 32, 3), 64, 64)
    return encode(black_on_white(ink), "PNG", dpi=(400, 100))


@pytest.fixture
def another_is_read() -> Iterator[None]:
    """While a test runs, a drawing is being read in another thread."""
    entered, leave = threading.Event(), threading.Event()

    def slow(pixels: NDArray[np.uint8]) -> NDArray[np.floating]:
        entered.set()
        assert leave.wait(TIMEOUT_S)
        return likeness(pixels)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_digit, _drawing(200), MAX_PIXELS, slow)
        try:
            assert entered.wait(TIMEOUT_S)
            yield
        finally:
            leave.set()
        reading.result(TIMEOUT_S)


def _seconds(body: bytes) -> float:
    began = time.monotonic()
    read_digit(body, MAX_PIXELS, likeness)
    return time.monotonic() - began


@pytest.mark.usefixtures("another_is_read")
def test_picture_waits_a_while_for_the_one_that_is_read() -> None:
    assert _seconds(_drawing(200)) >= LONGEST_WAIT_S


@pytest.mark.usefixtures("another_is_read")
@pytest.mark.parametrize("body", [_drawing(40), _tiny_but_stretched()])
def test_tiny_picture_waits_for_no_other(body: bytes) -> None:
    assert min(_seconds(body) for _ in range(5)) < LONGEST_WAIT_S


@pytest.mark.parametrize("background", [(255, 255, 255), (255, 255, 255, 0)])
def test_picture_decoded_apart_is_the_same(background: tuple[int, ...]) -> None:
    page = _page(background)
    body = encode(page, "WebP", lossless=True, exact=True)
    assert load_apart(body).tobytes() == page.tobytes()


def test_damaged_picture_is_undecodable_there_too() -> None:
    body = encode(_page((255, 255, 255)), "WebP", lossless=True)
    damaged = body[:25] + bytes(len(body) - 25)
    with pytest.raises(Undecodable, match="WebP"):
        decode(damaged, 10 * WORTH_A_PROCESS)
