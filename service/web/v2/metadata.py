"""What the model takes and gives, and what it has done, as clients ask for it.

The metadata is the protocol's; configuration, statistics and the index of the
repository are Triton's extensions, in the members that apply here:
https://github.com/triton-inference-server/server/tree/main/docs/protocol
"""

from collections.abc import Iterable
from typing import Any

from prometheus_client.samples import Sample

from model_store import CorruptModel, ModelNotAllowed
from service.serving.catalog import Catalog
from service.telemetry.scrape.exposition import all_workers
from service.web.errors import store_fault
from service.web.received.tensor import DATATYPES, MOST_IMAGES, SHAPES

Document = dict[str, Any]


def model_metadata(versions: Iterable[int]) -> Document:
    """Inputs and outputs; the input's parameters hold all that it may also be."""
    shapes = [[-1 if length == "n" else length for length in s] for s in SHAPES]
    return {
        "name": "digits",
        "versions": [str(version) for version in versions],
        "platform": "numpy",
        "inputs": [
            {
                "name": "image",
                "datatype": "UINT8",
                "shape": [-1, 784],
                "parameters": {
                    "datatypes": list(DATATYPES),
                    "shapes": shapes,
                    "bytes_shape": [-1],
                },
            }
        ],
        "outputs": [
            {"name": "outputs", "datatype": "FP32", "shape": [-1, 10]},
            {"name": "label", "datatype": "INT64", "shape": [-1]},
        ],
    }


def model_config() -> Document:
    """The same in the terms of Triton: `dims` leave out the number of images."""
    return {
        "name": "digits",
        "platform": "numpy",
        "backend": "numpy",
        "max_batch_size": MOST_IMAGES,
        "input": [{"name": "image", "data_type": "TYPE_UINT8", "dims": [784]}],
        "output": [
            {"name": "outputs", "data_type": "TYPE_FP32", "dims": [10]},
            {"name": "label", "data_type": "TYPE_INT64", "dims": []},
        ],
    }


def statistics(versions: Iterable[int]) -> Document:
    """How many images each version has answered, in all workers and by any address.

    The time is CPU time.
    """
    samples = [
        sample for family in all_workers().collect() for sample in family.samples
    ]
    return {"model_stats": [_statistics(str(v), samples) for v in versions]}


def repository_index(catalog: Catalog, versions: Iterable[int]) -> list[Document]:
    """Every stored version, and why it cannot be asked if it cannot."""
    return [
        {"name": "digits", "version": str(version), **_state(catalog, version)}
        for version in versions
    ]


def _statistics(version: str, samples: list[Sample]) -> Document:
    def total(name: str) -> float:
        return sum(
            sample.value
            for sample in samples
            if sample.name == name and sample.labels["model_version"] == version
        )

    images = int(total("digits_predictions_total"))
    cpu_ns = int(total("digits_prediction_cpu_seconds_sum") * 1e9)
    return {
        "name": "digits",
        "version": version,
        "inference_count": images,
        "inference_stats": {"success": {"count": images, "ns": cpu_ns}},
    }


def _state(catalog: Catalog, version: int) -> Document:
    try:
        catalog.card(version)
    except (CorruptModel, ModelNotAllowed) as error:
        return {"state": "UNAVAILABLE", "reason": store_fault(error)}
    return {"state": "READY", "reason": ""}
