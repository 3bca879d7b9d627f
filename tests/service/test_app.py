"""The application counts every answer, every prediction and its joules."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image

from service.web.services import Services
from tests.support import digits

Grown = Callable[..., float]


def test_requests_are_counted_by_method_route_and_code(
    client: FlaskClient, picture: bytes, grown: Grown
) -> None:
    for _ in range(3):
        client.get("/healthz")
    client.head("/healthz")
    client.get("/no/such/path")
    client.open("/healthz", method="BREW")
    client.get("/models/7")
    client.post("/predict", data=b"text", content_type="image/png")
    expected = [
        ("GET", "/healthz", 200, 3),
        ("HEAD", "/healthz", 200, 1),
        ("GET", "unmatched", 404, 1),
        ("GET", "/models/{version}", 404, 1),
        ("POST", "/predict", 422, 1),
    ]
    for method, route, code, count in expected:
        labels = {"method": method, "route": route, "code": code}
        assert grown("digits_http_requests_total", **labels) == count, labels
    duration = "digits_http_request_duration_seconds"
    assert grown(f"{duration}_count", route="/healthz") == 5
    assert grown(f"{duration}_sum", route="/healthz") > 0


def test_unknown_method_is_counted_as_other(client: FlaskClient, grown: Grown) -> None:
    for method in ("BREW", "TRACE", "CONNECT"):
        client.open("/no/such/path", method=method)
    labels = {"method": "other", "route": "unmatched", "code": 404}
    assert grown("digits_http_requests_total", **labels) == 3


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/predict", "/predict"),
        ("/models/7", "/models/{version}"),
        ("/v2/models/digits/infer", "/v2/models/digits/infer"),
    ],
)
@pytest.mark.parametrize(("method", "label"), [("DELETE", "DELETE"), ("BREW", "other")])
def test_wrong_method_is_counted_under_the_route_of_its_path(
    client: FlaskClient, grown: Grown, path: str, route: str, method: str, label: str
) -> None:
    client.open(path, method=method)
    labels = {"method": label, "route": route, "code": 405}
    assert grown("digits_http_requests_total", **labels) == 1


def test_predictions_are_counted_by_label_and_version_but_not_the_warm_up(
    client: FlaskClient, picture: bytes, grown: Grown
) -> None:
    assert grown("digits_prediction_confidence_count", model_version=1) == 0
    for _ in range(3):
        answer = client.post("/predict", data=picture, content_type="image/png")
    labels = {"label": answer.get_json()["label"], "model_version": 1}
    assert grown("digits_predictions_total", **labels) == 3
    assert grown("digits_prediction_confidence_count", model_version=1) == 3
    expected = pytest.approx(3 * answer.get_json()["confidence"])
    assert grown("digits_prediction_confidence_sum", model_version=1) == expected


def test_joules_are_observed_at_the_tick_and_add_up(
    client: FlaskClient, services: Services, picture: bytes, grown: Grown
) -> None:
    for _ in range(4):
        client.post("/predict", data=picture, content_type="image/png")
    name = "digits_prediction_energy_joules"
    labels = {"model_version": 1, "source": "estimate"}
    assert grown(f"{name}_count", **labels) == 0
    services.ledger.tick()
    assert grown(f"{name}_count", **labels) == 4
    spent = grown(f"{name}_sum", **labels)
    process = "digits_process_energy_joules_total"
    request = grown(process, source="estimate", activity="request")
    assert 0 < spent == pytest.approx(request)
    assert grown(process, source="estimate", activity="overhead") > 0


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"<svg/>", "image/svg+xml", "format"),
        (b"I am text", "image/png", "undecodable"),
        (digits.png(Image.new("L", (99, 99), 255)), "image/png", "no_digit"),
    ],
)
def test_rejected_image_is_counted_by_its_reason(
    client: FlaskClient, grown: Grown, content: bytes, kind: str, reason: str
) -> None:
    client.post("/predict", data=content, content_type=kind)
    assert grown("digits_rejected_images_total", reason=reason) == 1
    assert grown("digits_prediction_confidence_count", model_version=1) == 0
