"""The page to draw on, and what all pages share."""

from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from service.web.services import services

pages = Blueprint("pages", __name__)

# The pages that every header leads to: endpoint, name.
_NAVIGATION = (
    ("pages.draw", "Draw"),
    ("versions.index", "Versions"),
    ("learn.page", "Learn"),
    ("description.docs", "Docs"),
)


@pages.app_context_processor
def _shared() -> dict[str, Any]:
    known = current_app.view_functions
    return {"navigation": [entry for entry in _NAVIGATION if entry[0] in known]}


@pages.get("/")
def draw() -> ResponseReturnValue:
    """A page to draw a digit on, or to upload a picture with."""
    return render_template("index.html", model=services().models.loaded)
