"""The pages about versions: all of them, and each one."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from model_store.card_text import wilson
from service.serving.refused import last_refused
from service.web.events import last_events
from service.web.pages.charts import accuracy_dots, cost_curve
from service.web.pages.compare import compare
from service.web.pages.errors import error_page
from service.web.pages.facts import VersionFacts, accuracy_of, facts_of
from service.web.pages.mistakes import mistakes, shown
from service.web.services import services

versions = Blueprint("versions", __name__)
versions.register_error_handler(Exception, error_page)
versions.register_blueprint(compare)
versions.register_blueprint(mistakes)

_EVENTS = 50
_REFUSED = 10
_CHART = (640, 240)


@versions.get("/versions")
def index() -> ResponseReturnValue:
    """Every version, what is served and why, and what was served when."""
    services().models.refresh()  # what was just pinned is served by this worker, too
    facts = _all_facts()
    tests: dict[str, list[VersionFacts]] = {}
    for version in reversed(facts.values()):
        tests.setdefault(version.test_name, []).append(version)
    cards = {version: known.card for version, known in facts.items()}
    return render_template(
        "versions.html",
        tests={name: (rows, _dots(rows)) for name, rows in tests.items()},
        served=services().models.loaded,
        pinned=services().models.pinned,
        newest=max((v for v, known in facts.items() if known.servable), default=None),
        events=last_events(cards, _EVENTS)[::-1],
        refused=[
            (it.name, it.reason, accuracy_of(it.card))
            for it in last_refused(services().store, _REFUSED)
        ],
    )


@versions.get("/versions/<int(max=999999999):version>")
def show(version: int) -> ResponseReturnValue:
    """One version's card, filled by its trainer."""
    facts = facts_of(version, services().catalog.card(version))
    served = services().models.loaded
    return render_template(
        "version.html",
        it=facts,
        curve=cost_curve(facts.card.metrics.get("cost_history"), *_CHART),
        mistakes=shown(facts.results.worst) if facts.results else [],
        has_report=_has_report(version),
        other=served.version if served and served.version != version else None,
    )


def _all_facts() -> dict[int, VersionFacts]:
    cards = services().catalog.cards()
    return {version: facts_of(version, card) for version, card in cards.items()}


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


def _has_report(version: int) -> bool:
    return (services().store.root / "reports" / f"{version:06d}/index.html").is_file()
