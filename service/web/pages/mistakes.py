"""Test rows that a version reads wrong, as pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.image import png_data_url
from service.serving.results import Mistake
from service.web.pages.facts import facts_of
from service.web.services import services

mistakes = Blueprint("mistakes", __name__)

_DIGIT = "<int(max=9):{}>"
_ADDRESS = (
    f"/versions/<int(max=999999999):version>/mistakes/{_DIGIT.format('truth')}"
    f"/{_DIGIT.format('read')}"
)


@dataclass(frozen=True)
class Shown:
    """A mistake with its picture, a data URL."""

    mistake: Mistake
    picture: str


def shown(mistakes: Sequence[Mistake]) -> list[Shown]:
    """The same with pictures, for a template."""
    return [Shown(it, png_data_url(it.pixels)) for it in mistakes]


@mistakes.get(_ADDRESS)
def page(version: int, truth: int, read: int) -> ResponseReturnValue:
    """A cell of the confusion matrix: what was true, and taken for what."""
    facts = facts_of(version, services().catalog.card(version))
    kept = facts.results.of_pair(truth, read) if facts.results else []
    return render_template(
        "mistakes.html",
        it=facts,
        truth=truth,
        read=read,
        count=facts.confusion[truth][read] if facts.confusion else len(kept),
        mistakes=shown(kept),
    )
