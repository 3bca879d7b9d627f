import numpy as np
import pytest
from PIL import Image

from service.image.page.ink import (
    darkness,
    in_small,
    ink_on_flat,
    ink_on_uneven,
    light_surface,
    shades_of,
)
from service.image.page.morphology import Grey
from tests.service.image.pictures import HEIGHT, WIDTH, placed, shadow, uneven
from tests.service.image.strokes import Ink, draw


def page(light: Ink, ink: float = 0.2, digit: int = 8) -> tuple[Image.Image, Ink]:
    """A digit that reflects the share ink of the light, and where its strokes are."""
    strokes = placed(draw(digit, 220, 16), HEIGHT, WIDTH)
    reflected = (1 - strokes) + strokes * ink
    return Image.fromarray((220 * light * reflected).astype(np.uint8)), strokes


def evenly_lit(paper: int, ink: int) -> Grey:
    strokes = placed(draw(3, 60, 8), 90, 90)
    return (paper + (ink - paper) * strokes).astype(np.uint8)


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255), (200, 90), (60, 140)])
def test_paper_of_one_level_is_told_from_darker_or_lighter_ink(
    paper: int, ink: int
) -> None:
    shades = shades_of(evenly_lit(paper, ink))
    assert shades.even
    assert (shades.border >= 0) == (ink < paper)
    assert shades.paper(ink_is_dark=ink < paper) == paper


def test_thick_ink_that_covers_half_of_the_page_is_not_taken_for_paper() -> None:
    ring = placed(draw(0, 100, 40), 104, 94)
    shades = shades_of((40 + 200 * ring).astype(np.uint8))
    assert shades.border < 0
    assert shades.paper(ink_is_dark=False) == 40


def test_uneven_paper_is_not_of_one_level() -> None:
    grey, _ = page(uneven(np.random.default_rng(1), 0.7))
    assert not shades_of(in_small(grey)).even


@pytest.mark.parametrize("seed", range(4))
def test_light_is_fitted_to_the_paper_and_not_to_the_ink(seed: int) -> None:
    light = uneven(np.random.default_rng(seed), 0.5)
    grey, _ = page(light)
    clean = np.asarray(in_small(Image.fromarray((220 * light).astype(np.uint8))))
    assert np.abs(light_surface(in_small(grey)) - clean).mean() < 5


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("ink", "dark"), [(0.2, True), (0.6, True), (1.8, False)])
def test_polarity_under_uneven_light(seed: int, ink: float, dark: bool) -> None:
    grey, _ = page(uneven(np.random.default_rng(seed), 0.4) * 0.55, ink)
    small = in_small(grey)
    assert (darkness(small, light_surface(small)) > 0) is dark


@pytest.mark.parametrize("seed", range(4))
def test_ink_is_the_share_of_the_light_that_it_takes_in_shadow_too(seed: int) -> None:
    grey, strokes = page(shadow(np.random.default_rng(seed)), ink=0.3)
    small = in_small(grey)
    ink = ink_on_uneven(grey, small, light_surface(small), 35, ink_is_dark=True)
    assert np.median(ink[strokes > 0.99]) == pytest.approx(0.7 * 255, abs=12)
    assert np.median(ink[strokes == 0]) < 0.1 * 255


def test_ink_on_flat_paper() -> None:
    grey = Image.fromarray(np.array([[200, 100, 250]], dtype=np.uint8))
    dark = ink_on_flat(grey, 200, ink_is_dark=True)
    light = ink_on_flat(grey, 200, ink_is_dark=False)
    assert dark.tolist() == [[0, 127, 0]]
    assert light.tolist() == [[0, 0, 50]]
