"""Large pictures: one at a time, few that wait, and no decoder that stops others."""

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from service.image import Undecodable, read_digit
from service.image.files.apart import WORTH_A_PROCESS, load_apart
from service.image.files.decoding import decode
from service.image.files.turns import MOST_WAITING, TooManyWaiting, turn
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


def test_pictures_are_read_one_at_a_time_and_tiny_ones_without_a_wait() -> None:
    entered, leave, order = threading.Event(), threading.Event(), []

    def slow(pixels: NDArray[np.uint8]) -> NDArray[np.floating]:
        entered.set()
        assert leave.wait(TIMEOUT_S)
        order.append("first")
        return likeness(pixels)

    def next_one(pixels: NDArray[np.uint8]) -> NDArray[np.floating]:
        order.append("second")
        return likeness(pixels)

    drawing, tiny = (
        encode(black_on_white(placed(draw(3, side // 2, 3), side, side)), "PNG")
        for side in (200, 40)
    )
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(read_digit, drawing, MAX_PIXELS, slow)
        assert entered.wait(TIMEOUT_S)
        second = pool.submit(read_digit, drawing, MAX_PIXELS, next_one)
        read_digit(tiny, MAX_PIXELS, likeness)
        assert not order
        leave.set()
        first.result(TIMEOUT_S), second.result(TIMEOUT_S)
    assert order[-1] == "second"
    assert "first" in order[:-1]


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
