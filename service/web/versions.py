"""The pages about versions: all of them, one, and two side by side."""

from typing import Any

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from model_store import Card
from model_store.card_text import wilson
from model_store.directory import listed
from model_store.history import history
from service.image import png_data_url
from service.serving.results import Results, paired, read_results
from service.web.charts import accuracy_dots, cost_curve
from service.web.page_errors import error_page
from service.web.services import services
from service.web.version_facts import VersionFacts, differing_settings

versions = Blueprint("versions", __name__)
versions.register_error_handler(Exception, error_page)

_EVENTS = 50
_REFUSED = 10
_CHART = (640, 240)
_SPARK = (96, 24)


@versions.get("/versions")
def index() -> ResponseReturnValue:
    """Every version, what is served and why, and what was served when."""
    services().models.refresh()  # what was just pinned is served by this worker, too
    facts = _all_facts()
    tests: dict[str, list[VersionFacts]] = {}
    for version in reversed(facts.values()):
        tests.setdefault(version.test_name, []).append(version)
    cards = {version: known.card for version, known in facts.items()}
    events = history(services().store, cards)[-_EVENTS:]
    return render_template(
        "versions.html",
        tests={name: (rows, _dots(rows)) for name, rows in tests.items()},
        served=services().models.loaded,
        pinned=services().models.pinned,
        newest=max((v for v, known in facts.items() if known.servable), default=None),
        events=events[::-1],
        refused=_refused(),
    )


@versions.get("/versions/<int(max=999999999):version>")
def show(version: int) -> ResponseReturnValue:
    """One version's card, filled by its trainer."""
    facts = _facts(version, services().catalog.card(version))
    served = services().models.loaded
    return render_template(
        "version.html",
        it=facts,
        curve=cost_curve(facts.card.metrics.get("cost_history"), *_CHART),
        mistakes=_mistakes(facts.results),
        has_report=_has_report(version),
        other=served.version if served and served.version != version else None,
    )


@versions.get("/versions/compare")
def compare() -> ResponseReturnValue:
    """Two versions side by side: ?a=3&b=7."""
    a, b = _asked("a"), _asked("b")
    only_a_only_b = paired(a.results, b.results) if _same_test(a, b) else None
    difference = _difference(a, b) if _same_test(a, b) else None
    return render_template(
        "compare.html",
        a=a,
        b=b,
        worst=_largest(difference) if difference else 0,
        same_test=_same_test(a, b),
        settings=differing_settings(a.card, b.card),
        only=only_a_only_b,
        difference=difference,
    )


def _all_facts() -> dict[int, VersionFacts]:
    cards = services().catalog.cards()
    return {version: _facts(version, card) for version, card in cards.items()}


def _facts(version: int, card: Card) -> VersionFacts:
    models = services().models
    canary = models.share if models.share and models.canary else None
    words = {
        "served": models.loaded is not None and models.loaded.version == version,
        "pinned": models.pinned == version,
        "newest": services().store.newest() == version,
        "canary": canary is not None and canary.version == version,
        "withdrawn": services().store.withdrawals.has(version),
    }
    spark = cost_curve(card.metrics.get("cost_history"), *_SPARK)
    results = read_results(services().store.root / "reports" / f"{version:06d}")
    states = [word for word, holds in words.items() if holds]
    return VersionFacts(version, card, states, spark, results)


def _asked(name: str) -> VersionFacts:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(f"{name}={text[:20]!r} is no version; ask for ?a=3&b=7")
    return _facts(int(text), services().catalog.card(int(text)))


def _same_test(a: VersionFacts, b: VersionFacts) -> bool:
    """Whether both were tested on the same rows; else nothing is compared by count."""
    sums = [it.card.test_set.get("sha256") for it in (a, b)]
    return sums[0] is not None and sums[0] == sums[1]


def _difference(a: VersionFacts, b: VersionFacts) -> list[list[int]] | None:
    """The confusion matrix of b minus that of a."""
    if a.confusion is None or b.confusion is None:
        return None
    difference = np.subtract(b.confusion, a.confusion)
    found: list[list[int]] = difference.tolist()
    return found


def _largest(matrix: list[list[int]]) -> int:
    """The largest change beside the diagonal, to which all are shaded."""
    off = np.array(matrix)[~np.eye(10, dtype=bool)]
    return int(np.abs(off).max())


def _dots(rows: list[VersionFacts]) -> list[dict[str, float]]:
    """The accuracies over the numbers, if there is more than one to compare."""
    known = [it for it in reversed(rows) if it.right is not None]
    if len(known) < 2:
        return []
    shares = []
    for it in known:
        right, count = it.right or 0, it.card.test_rows or 1
        shares.append((it.version, right / count, *wilson(right, count)))
    return accuracy_dots(shares, _CHART[0], 120)


def _mistakes(results: Results | None) -> list[dict[str, Any]]:
    if results is None:
        return []
    return [
        {
            "row": mistake.row,
            "truth": mistake.truth,
            "read": mistake.read,
            "confidence": mistake.confidence,
            "picture": png_data_url(mistake.pixels),
        }
        for mistake in results.mistakes
    ]


def _has_report(version: int) -> bool:
    return (services().store.root / "reports" / f"{version:06d}/index.html").is_file()


def _refused() -> list[str]:
    """When the last models came that the gate refused, the newest first."""
    paths = listed(services().store.root / "rejected")
    names = sorted((path.stem for path in paths if path.suffix == ".npz"), reverse=True)
    return names[:_REFUSED]
