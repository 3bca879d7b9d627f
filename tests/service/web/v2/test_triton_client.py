"""The public client of the protocol against the real service, with its defaults."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from model_store import ModelStore, __version__
from tests.service.web.v2.asking import PIXELS
from tests.support import digits
from tests.support.installation import Installation, Service


@pytest.fixture
def triton(service: Service) -> Iterator[InferenceServerClient]:
    """The client with its defaults."""
    with InferenceServerClient(service.url.removeprefix("http://")) as client:
        yield client


def _input(values: np.ndarray[Any, Any], datatype: str, **how: bool) -> InferInput:
    tensor = InferInput("image", list(values.shape), datatype)
    return tensor.set_data_from_numpy(values, **how)


def _images_answered(triton: InferenceServerClient, *model: str) -> int:
    (stats,) = triton.get_inference_statistics(*model)["model_stats"]
    count: int = stats["inference_count"]
    return count


def test_health_and_metadata(triton: InferenceServerClient) -> None:
    assert triton.is_server_live()
    assert triton.is_server_ready()
    assert triton.is_model_ready("digits")
    assert triton.is_model_ready("digits", "1")
    assert not triton.is_model_ready("digits", "77")
    assert not triton.is_model_ready("other")
    server = triton.get_server_metadata()
    assert (server["name"], server["version"]) == ("digits", __version__)
    model = triton.get_model_metadata("digits", "1")
    assert model["versions"] == ["1"]
    assert [tensor["name"] for tensor in model["outputs"]] == ["outputs", "label"]


def test_configuration_statistics_and_index(triton: InferenceServerClient) -> None:
    assert triton.get_model_config("digits")["name"] == "digits"
    assert triton.get_model_config("digits", "1")["max_batch_size"] == 1024
    entry = {"name": "digits", "version": "1", "state": "READY", "reason": ""}
    assert triton.get_model_repository_index() == [entry]
    before = _images_answered(triton)
    triton.infer("digits", [_input(PIXELS, "UINT8")])
    assert _images_answered(triton) - before == len(PIXELS)
    assert _images_answered(triton, "digits", "1") == _images_answered(triton, "digits")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_compressed_requests_are_answered(
    triton: InferenceServerClient, coding: str
) -> None:
    tensor = _input(PIXELS, "UINT8")
    plain = triton.infer("digits", [tensor])
    result = triton.infer(
        "digits",
        [tensor],
        request_compression_algorithm=coding,
        response_compression_algorithm=coding,
    )
    assert np.array_equal(result.as_numpy("outputs"), plain.as_numpy("outputs"))


@pytest.mark.parametrize("version", ["", "1"])
@pytest.mark.parametrize("shape", [(3, 784), (3, 28, 28)])
def test_tensors_in_both_forms_are_answered_by_the_network(
    triton: InferenceServerClient,
    place: Installation,
    shape: tuple[int, ...],
    version: str,
) -> None:
    network = ModelStore(place.store, place.root / "state").load(1).network
    grey = PIXELS.reshape(shape)
    shares = (grey / 255).astype(np.float32)
    for tensor in (
        _input(grey, "UINT8"),
        _input(shares, "FP32"),
        _input(grey, "UINT8", binary_data=False),
        _input(shares, "FP32", binary_data=False),
    ):
        result = triton.infer("digits", [tensor], version, request_id="mine")
        assert result.get_response()["id"] == "mine"
        assert result.get_response()["model_version"] == "1"
        outputs = result.as_numpy("outputs")
        assert outputs == pytest.approx(network.outputs(PIXELS), abs=1e-6)
        labels = result.as_numpy("label")
        assert labels.tolist() == network.labels(PIXELS).tolist()


@pytest.mark.parametrize("binary", [True, False])
def test_wanted_outputs_come_alone(triton: InferenceServerClient, binary: bool) -> None:
    wanted = InferRequestedOutput("label", binary_data=binary)
    result = triton.infer("digits", [_input(PIXELS, "UINT8")], outputs=[wanted])
    assert result.as_numpy("label").shape == (3,)
    assert result.as_numpy("outputs") is None


def test_encoded_pictures_are_answered_as_predict_answers_them(
    triton: InferenceServerClient, service: Service
) -> None:
    pictures = [digits.picture(digit) for digit in (3, 8)]
    expected = [service.predict(picture).json()["outputs"] for picture in pictures]
    encoded = [base64.b64encode(picture) for picture in pictures]
    for tensor in (
        _input(np.array(pictures, np.object_), "BYTES"),
        _input(np.array(encoded, np.object_), "BYTES", binary_data=False),
    ):
        outputs = triton.infer("digits", [tensor]).as_numpy("outputs")
        assert outputs == pytest.approx(np.array(expected), abs=1e-6)


def test_client_is_told_what_is_wrong(triton: InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match="the input's shape") as refusal:
        triton.infer("digits", [_input(PIXELS[:, :700], "UINT8")])
    assert refusal.value.status() == "400"
    with pytest.raises(InferenceServerException, match="no version 77") as refusal:
        triton.infer("digits", [_input(PIXELS, "UINT8")], "77")
    assert refusal.value.status() == "404"
