"""Two versions side by side."""

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from service.serving.results import Mistake, paired
from service.web.pages.facts import VersionFacts, differing_settings, facts_of
from service.web.pages.mistakes import shown
from service.web.services import services

compare = Blueprint("compare", __name__)

_MOST = 24  # pictures of a side


@compare.get("/versions/compare")
def page() -> ResponseReturnValue:
    """Two versions side by side: ?a=3&b=7."""
    a, b = _asked("a"), _asked("b")
    only = _only(a, b)
    difference = _difference(a, b) if _same_test(a, b) else None
    return render_template(
        "compare.html",
        a=a,
        b=b,
        worst=_largest(difference) if difference else 0,
        same_test=_same_test(a, b),
        settings=differing_settings(a.card, b.card),
        only=only,
        pictures=[shown(rows) for rows in _differing(a, b)] if only else None,
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


def _only(a: VersionFacts, b: VersionFacts) -> tuple[int, int] | None:
    """How many rows only a reads right, and how many only b, if that is known."""
    return paired(a.results, b.results) if _same_test(a, b) else None


def _differing(a: VersionFacts, b: VersionFacts) -> tuple[list[Mistake], list[Mistake]]:
    """The mistakes of b where a is right, and those of a where b is right."""
    if a.results is None or b.results is None:
        return [], []
    only_a = b.results.that_is_right_in(a.results)
    only_b = a.results.that_is_right_in(b.results)
    return only_a[:_MOST], only_b[:_MOST]


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
