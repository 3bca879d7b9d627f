import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from service.image.page.morphology import Grey
from service.image.page.shades import counts_of, percentile, stroke_levels, two_shades

pictures = arrays(np.uint8, (6, 7))


@given(pictures)
def test_two_shades_part_where_the_variance_between_them_is_largest(grey: Grey) -> None:
    values = grey.ravel().astype(float)

    def between(level: int) -> float:
        dark, light = values[values <= level], values[values > level]
        if not len(dark) or not len(light):
            return 0.0
        return len(dark) * len(light) * float(dark.mean() - light.mean()) ** 2

    level, clarity = two_shades(counts_of(grey))
    assert between(level) == pytest.approx(max(between(n) for n in range(256)))
    assert 0 <= clarity <= 1 + 1e-9


def test_two_flat_shades_are_perfectly_clear() -> None:
    grey = np.array([[10, 10, 10, 240]], dtype=np.uint8)
    level, clarity = two_shades(counts_of(grey))
    assert 10 <= level < 240
    assert clarity == pytest.approx(1)


@given(pictures, st.floats(0.01, 1))
def test_percentile_is_the_level_that_holds_the_share(grey: Grey, share: float) -> None:
    level = percentile(counts_of(grey), share)
    assert (grey <= level).mean() >= share - 1e-9
    assert (grey < level).mean() < share


@pytest.mark.parametrize("faint", [0, 3, 11])
def test_ink_that_hardly_shows_has_no_strokes(faint: int) -> None:
    ink = np.zeros((40, 40), dtype=np.uint8)
    ink[10:30, 20] = faint
    assert stroke_levels(ink) is None


def test_strokes_begin_at_half_of_the_darkest_ink_and_faint_ones_at_a_quarter() -> None:
    ink = np.zeros((40, 40), dtype=np.uint8)
    ink[10:30, 20] = 200
    assert stroke_levels(ink) == (100, 50)


def test_strokes_begin_above_the_grain_of_the_paper() -> None:
    ink = np.random.default_rng(1).integers(0, 30, (60, 60), dtype=np.uint8)
    ink[10:50, 30] = 60
    levels = stroke_levels(ink)
    assert levels is not None
    assert all(30 <= level <= 60 for level in levels)
