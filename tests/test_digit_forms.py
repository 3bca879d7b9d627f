"""The trainer's form of drawings and the service's form of pictures are one form."""

import numpy as np
import pytest

from service.image.digit_form import to_mnist
from tests.service.image.strokes import draw
from trainer.augmentation.mnist_form import to_mnist_form


@pytest.mark.parametrize("pen", [5, 10, 20])
@pytest.mark.parametrize("length", [60, 100])
def test_network_learns_from_the_form_that_the_service_gives_it(
    pen: int, length: int
) -> None:
    for digit in range(10):
        ink = (255 * draw(digit, length, pen)).astype(np.uint8)
        served = to_mnist(ink).astype(int)
        learnt = to_mnist_form(ink[None])[0].astype(int)
        assert np.abs(served - learnt).mean() < 15, digit
        assert np.corrcoef(served, learnt)[0, 1] > 0.92, digit
