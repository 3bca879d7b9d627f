"""The page to draw on, and what all pages share."""

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from service.web.errors import error_response
from service.web.predict import Predict
from service.web.services import services

pages = Blueprint("pages", __name__)

# The pages that every header leads to: endpoint, name.
_NAVIGATION = (
    ("pages.draw", "Draw"),
    ("versions.index", "Versions"),
    ("learn.page", "Learn"),
    ("description.docs", "Docs"),
)
_SURE = 0.8


@pages.app_context_processor
def _shared() -> dict[str, Any]:
    known = current_app.view_functions
    return {
        "navigation": [entry for entry in _NAVIGATION if entry[0] in known],
        "has_keys": services().admission.api_keys is not None,
    }


@pages.get("/")
def draw() -> ResponseReturnValue:
    """A page to draw a digit on, or to upload a picture with."""
    return _page()


@pages.post("/")
def read_picture() -> ResponseReturnValue:
    """The same page with the answer to an upload, for browsers without script."""
    return _page(answer=Predict(services()).read(request.environ))


@pages.errorhandler(Exception)
def refused(error: Exception) -> ResponseReturnValue:
    """The same page with what is wrong, for people rather than programs."""
    response = error_response(error, request.path)
    problem = response.get_json()
    response.set_data(_page(fault=f"{problem['title']}: {problem['detail']}."))
    response.content_type = "text/html; charset=utf-8"
    return response


def _page(answer: dict[str, Any] | None = None, fault: str = "") -> str:
    model = services().models.loaded
    return render_template("index.html", model=model, answer=answer, fault=fault)


@pages.app_template_filter()
def percent(share: float) -> str:
    """A share in words that promise neither 100 % nor 0 %; as words.js has it."""
    if share > 0.999:
        return "more than 99.9 %"
    if share < 0.001:
        return "less than 0.1 %"
    return f"{int(1000 * share) / 10:.1f} %"


@pages.app_template_filter()
def sentence(answer: dict[str, Any]) -> str:
    """An answer of /predict in one sentence; as words.js has it."""
    label, sure = answer["label"], answer["confidence"]
    outputs = answer["outputs"]
    following = max(set(range(10)) - {label}, key=lambda digit: outputs[digit])
    if sure >= _SURE:
        return f"{label}, {percent(sure)} sure; next {following}"
    return f"Not sure: {label} or {following}; {percent(sure)} for {label}"
