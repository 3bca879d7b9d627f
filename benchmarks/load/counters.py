"""A service's counters, as a scrape shows them."""

import http.client
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families

Series = tuple[str, tuple[tuple[str, str], ...]]
TIMEOUT_S = 60.0


def scrape(port: int) -> str:
    """The text of GET /metrics."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"/metrics answers {answer.status}: {text[:200]}")
    return text


def counters(text: str) -> dict[Series, float]:
    """Each counter's value, also those of histograms, by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        if family.type in ("counter", "histogram")
        for sample in family.samples
    }


def fallen(before: dict[Series, float], after: dict[Series, float]) -> list[str]:
    """The counters that went back, or away, in between.

    Of all versions together, as those that are no longer among the newest share a
    series.
    """
    earlier, later = _of_all_versions(before), _of_all_versions(after)
    return [
        f"{name}{dict(labels)}: {value:g}, then {later.get((name, labels))}"
        for (name, labels), value in earlier.items()
        if later.get((name, labels), -1) < value * (1 - 1e-9)  # sums of floats
    ]


def _of_all_versions(found: dict[Series, float]) -> dict[Series, float]:
    sums: dict[Series, float] = {}
    for (name, labels), value in found.items():
        kept = tuple(label for label in labels if label[0] != "model_version")
        sums[name, kept] = sums.get((name, kept), 0.0) + value
    return sums


def predictions(found: dict[Series, float]) -> Counter[int]:
    """digits_predictions_total by label, of all versions: old ones share a series."""
    counted = Counter[int]()
    for (name, labels), value in found.items():
        if name == "digits_predictions_total":
            counted[int(dict(labels)["label"])] += int(value)
    return counted


def answered(found: dict[Series, float]) -> int:
    """digits_http_requests_total of POST /predict answered with 200."""
    wanted = {"method": "POST", "route": "/predict", "code": "200"}
    labels = tuple(sorted(wanted.items()))
    return int(found.get(("digits_http_requests_total", labels), 0))
