"""The limits of an upload: settings, exact to the byte and to the pixel."""

from collections.abc import Callable

import pytest
import requests
from flask.testing import FlaskClient

from tests.support import digits
from tests.support.installation import Service

PICTURE = digits.picture(3)  # 240 x 240 pixels
SIZE = len(PICTURE)


@pytest.mark.parametrize(
    ("variable", "limit", "word"),
    [
        ("DIGITS_MAX_PIXELS", 240 * 240, "57599"),
        ("DIGITS_MAX_UPLOAD_BYTES", SIZE, f"{SIZE - 1:,} bytes"),
    ],
)
def test_limit_is_a_setting_and_exact(
    client_with: Callable[..., FlaskClient], variable: str, limit: int, word: str
) -> None:
    refused, read = (
        client_with(**{variable: str(value)}).post(
            "/predict", data=PICTURE, content_type="image/png"
        )
        for value in (limit - 1, limit)
    )
    assert (refused.status_code, read.status_code) == (413, 200)
    assert word in refused.get_json()["detail"]


def test_too_many_pixels_are_counted(
    client_with: Callable[..., FlaskClient], grown: Callable[..., float]
) -> None:
    client = client_with(DIGITS_MAX_PIXELS="784")
    client.post("/predict", data=PICTURE, content_type="image/png")
    assert grown("digits_rejected_images_total", reason="pixels") == 1
    assert grown("digits_prediction_confidence_count", model_version=1) == 0


def test_chunks_of_nine_mebibytes_are_refused_by_the_real_service(
    service: Service,
) -> None:
    answer = requests.post(
        f"{service.url}/predict",
        data=(bytes(2**20) for _ in range(9)),
        headers={"Content-Type": "image/png"},
        timeout=120,
    )
    assert answer.status_code == 413
    assert "8,388,608 bytes" in answer.json()["detail"]
