"""How a canary does beside the served version, as all workers counted it."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from prometheus_client.samples import Sample

from feedback.corrections.records import Usage
from service.telemetry.scrape.exposition import all_workers

ENOUGH: Final = 1000  # predictions; fewer tell nothing (docs/watch.md, Drift)
_SLOWER: Final = 1.5
_SURE: Final = 1.95  # Kolmogorov-Smirnov and normal quantiles: one false alarm in
_ERRORS: Final = 3.3  # a thousand
_CONFIDENCE: Final = "digits_prediction_confidence"
_SECONDS: Final = "digits_prediction_duration_seconds"


@dataclass(frozen=True)
class Figures:
    """What a version did since the service started; None while it did nothing.

    Attributes:
        requests, refused: that it was to answer; not answered (4xx and 5xx).
        mean_confidence, mean_seconds: of its predictions; of its answers.
        corrections, predictions_ever: accepted ones of its answers; what they are of,
            by all services, whenever they were made.
    """

    version: int
    predictions: int
    requests: int
    refused: int
    mean_confidence: float | None
    mean_seconds: float | None
    corrections: int
    predictions_ever: int


def canary_verdict(
    canary: int, served: int, usage: Mapping[int, Usage]
) -> dict[str, Any]:
    """The verdict ("too early", "worse" or "no worse"), the reasons, the figures.

    usage: what the corrections' database knows of the versions; {} while it is away.
    """
    samples = [s for family in all_workers().collect() for s in family.samples]
    ours, theirs = (
        _figures(version, samples, usage.get(version, Usage()))
        for version in (canary, served)
    )
    reasons = _reasons(ours, theirs, _gap(canary, served, samples))
    verdict = "worse" if reasons else "no worse"
    if min(ours.predictions, theirs.predictions) < ENOUGH:
        verdict, reasons = "too early", [f"under {ENOUGH:,} predictions of one of them"]
    figures = {"canary": asdict(ours), "served": asdict(theirs)}
    return {"verdict": verdict, "reasons": reasons, **figures}


def _reasons(ours: Figures, theirs: Figures, gap: float) -> list[str]:
    reasons, both = [], (ours, theirs)
    n, m = ours.predictions, theirs.predictions
    doubt = _SURE * math.sqrt((n + m) / max(1, n * m))
    if gap > doubt and (ours.mean_confidence or 0) < (theirs.mean_confidence or 0):
        reasons.append("its answers are less confident")
    if _is_more(*((v.refused, v.requests) for v in both)):
        reasons.append("more of its requests are not answered")
    if (ours.mean_seconds or 0) > _SLOWER * (theirs.mean_seconds or math.inf):
        reasons.append("it takes longer")
    if _is_more(*((v.corrections, v.predictions_ever) for v in both)):
        reasons.append("more of its answers are corrected")
    return reasons


def _is_more(ours: tuple[int, int], theirs: tuple[int, int]) -> bool:
    """By more than chance explains: the difference of two shares (some, of all)."""
    (some, n), (others, m) = ours, theirs
    if not n or not m:
        return False
    share = min(1.0, (some + others) / (n + m))
    error = math.sqrt(share * (1 - share) * (1 / n + 1 / m))
    return some / n - others / m > _ERRORS * error


def _figures(version: int, samples: Iterable[Sample], usage: Usage) -> Figures:
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for sample in samples:
        if sample.labels.get("model_version") == str(version):
            sums[sample.name, sample.labels.get("outcome", "")] += sample.value
    asked = "digits_prediction_requests_total"
    refused = sums[asked, "refused"] + sums[asked, "failed"]

    def mean(name: str) -> float | None:
        count = sums[f"{name}_count", ""]
        return sums[f"{name}_sum", ""] / count if count else None

    return Figures(
        version=version,
        predictions=int(sums[f"{_CONFIDENCE}_count", ""]),
        requests=int(refused + sums[asked, "answered"]),
        refused=int(refused),
        mean_confidence=mean(_CONFIDENCE),
        mean_seconds=mean(_SECONDS),
        corrections=usage.corrected,
        predictions_ever=usage.predictions,
    )


def _gap(canary: int, served: int, samples: Iterable[Sample]) -> float:
    """The largest gap between their cumulative shares of confidence."""
    counts: dict[str, dict[str, float]] = {str(canary): {}, str(served): {}}
    for sample in samples:
        version = sample.labels.get("model_version", "")
        if sample.name == f"{_CONFIDENCE}_bucket" and version in counts:
            counts[version][sample.labels["le"]] = sample.value
    ours, theirs = counts[str(canary)], counts[str(served)]
    if not ours.get("+Inf") or not theirs.get("+Inf"):
        return 0.0
    return max(
        abs(ours[le] / ours["+Inf"] - theirs[le] / theirs["+Inf"])
        for le in ours.keys() & theirs.keys()
    )
