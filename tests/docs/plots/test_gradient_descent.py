"""The notes' function of two variables, and where descending on it ends."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.plots.gradient_descent import (
    EITHER_SIDE_OF_THE_RIDGE,
    FLAT,
    LEARNING_RATE,
    TO_A_LOCAL_MINIMUM,
    TO_THE_GLOBAL_MINIMUM,
    Point,
    Start,
    descend,
    f,
    gradient,
    start_on_the_ridge,
)

coordinates = st.floats(-3, 3)


def height(point: Point) -> float:
    return float(f(*point))


def curvatures(point: Point) -> Point:
    """The eigenvalues of f's Hessian, the smaller one first."""
    step = 1e-5
    hessian = [
        (gradient(point + step * e) - gradient(point - step * e)) / (2 * step)
        for e in np.eye(2)
    ]
    return np.asarray(np.linalg.eigvalsh(hessian), float)


def test_function_by_hand() -> None:
    """At the origin: 3/e - e^-1 / 3 + 0."""
    origin = np.zeros(2)
    assert height(origin) == pytest.approx((3 - 1 / 3) / np.e)


@given(coordinates, coordinates)
def test_gradient_is_the_slope_of_the_function(x: float, y: float) -> None:
    point, step = np.array([x, y]), 1e-6
    slopes = [
        (height(point + step * e) - height(point - step * e)) / (2 * step)
        for e in np.eye(2)
    ]
    assert gradient(point) == pytest.approx(slopes, abs=1e-7)


@pytest.mark.parametrize(
    ("start", "end", "value"),
    [
        (TO_THE_GLOBAL_MINIMUM, (0.2283, -1.6255), -6.5511),
        (TO_A_LOCAL_MINIMUM, (-1.3474, 0.2045), -3.0498),
    ],
)
def test_path_ends_in_a_minimum(start: Start, end: Start, value: float) -> None:
    last = descend(start)[-1]
    assert last == pytest.approx(end, abs=1e-4)
    assert height(last) == pytest.approx(value, abs=1e-4)
    assert (curvatures(last) > 0).all()


def test_nowhere_is_lower_than_the_global_minimum() -> None:
    x, y = np.meshgrid(np.linspace(-4, 4, 401), np.linspace(-4, 4, 401))
    assert f(x, y).min() >= height(descend(TO_THE_GLOBAL_MINIMUM)[-1])


def test_path_along_the_ridge_ends_in_a_saddle() -> None:
    last = descend(start_on_the_ridge(*EITHER_SIDE_OF_THE_RIDGE))[-1]
    assert last == pytest.approx([0.4163, -0.3941], abs=1e-4)
    low, high = curvatures(last)
    assert low < 0 < high
    assert np.linalg.norm(gradient(last)) <= FLAT


@pytest.mark.parametrize(("step", "value"), [(1e-3, -0.0649), (-1e-3, -6.5511)])
def test_start_beside_the_ridge_misses_the_saddle(step: float, value: float) -> None:
    x, y = start_on_the_ridge(*EITHER_SIDE_OF_THE_RIDGE)
    assert height(descend((x, y + step))[-1]) == pytest.approx(value, abs=1e-4)


def test_each_step_goes_down_the_gradient() -> None:
    path = descend(TO_A_LOCAL_MINIMUM)
    for point, following in pairwise(path):
        assert following == pytest.approx(point - LEARNING_RATE * gradient(point))
        assert height(following) < height(point)
