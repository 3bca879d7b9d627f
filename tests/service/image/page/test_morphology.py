import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from service.image.page.morphology import Box, Grey, closing, odd, opening, running_max

pictures = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14)
)
windows = st.integers(0, 8).map(lambda reach: 2 * reach + 1)


@given(pictures, windows)
def test_running_max_is_the_largest_value_in_each_window(
    grey: Grey, window: int
) -> None:
    reach = window // 2
    expected = [
        [
            grey[
                max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1
            ].max()
            for x in range(grey.shape[1])
        ]
        for y in range(grey.shape[0])
    ]
    assert np.array_equal(running_max(grey, window), expected)


@given(pictures, windows)
def test_closing_only_lightens_and_opening_only_darkens(
    grey: Grey, window: int
) -> None:
    assert (closing(grey, window) >= grey).all()
    assert (opening(grey, window) <= grey).all()


@given(pictures, windows)
def test_closing_twice_is_closing_once(grey: Grey, window: int) -> None:
    once = closing(grey, window)
    assert np.array_equal(closing(once, window), once)


def test_closing_fills_a_stroke_and_keeps_a_wide_shadow() -> None:
    page = np.full((30, 60), 200, dtype=np.uint8)
    page[:, 30:] = 120  # the shadow
    stroked = page.copy()
    stroked[5:25, 10:13] = stroked[5:25, 40:43] = 30
    assert np.array_equal(closing(stroked, 9), page)


@pytest.mark.parametrize(("size", "window"), [(0, 3), (3, 3), (4.9, 5), (5, 5), (8, 9)])
def test_odd_window(size: float, window: int) -> None:
    assert odd(size) == window


def test_box_grows_no_further_than_the_page() -> None:
    assert Box(2, 5, 9, 8).grown(3, (10, 10)) == Box(0, 2, 10, 10)
