"""All pages, put into an application, and what they share."""

from typing import Any, Final

from flask import Flask

from service.web.pages.assets import serve_assets
from service.web.pages.corrections import corrections
from service.web.pages.docs import docs
from service.web.pages.draw import draw
from service.web.pages.learn.routes import learn
from service.web.pages.reports import reports
from service.web.pages.versions import versions
from service.web.pages.words import percent, sentence
from service.web.services import services

_PAGES: Final = (draw, versions, reports, learn, corrections, docs)
# What every header leads to: endpoint, name.
_NAVIGATION: Final = (
    ("draw.page", "Draw"),
    ("versions.index", "Versions"),
    ("learn.page", "Learn"),
    ("docs.page", "Docs"),
)
_REVIEW: Final = ("corrections.page", "Corrections")  # where somebody may review


def register_pages(app: Flask) -> None:
    """Add their addresses, and what their templates use."""
    for page in _PAGES:
        app.register_blueprint(page)
    serve_assets(app)
    app.context_processor(_shared)
    app.add_template_filter(percent)
    app.add_template_filter(sentence)


def _shared() -> dict[str, Any]:
    reviewed = services().token_key.is_on and services().admission.admin_token
    return {
        "navigation": (*_NAVIGATION, *([_REVIEW] if reviewed else [])),
        "has_keys": services().admission.api_keys is not None,
    }
