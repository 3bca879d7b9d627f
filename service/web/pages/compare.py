"""Two versions side by side."""

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from service.serving.results import paired
from service.web.pages.facts import VersionFacts, differing_settings, facts_of
from service.web.services import services

compare = Blueprint("compare", __name__)


@compare.get("/versions/compare")
def page() -> ResponseReturnValue:
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


def _asked(name: str) -> VersionFacts:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(f"{name}={text[:20]!r} is no version; ask for ?a=3&b=7")
    return facts_of(int(text), services().catalog.card(int(text)))


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
