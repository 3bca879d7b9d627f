"""The page to draw on; without script, to send a picture with."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.web.errors import error_response
from service.web.predict import Predict
from service.web.services import services

draw = Blueprint("draw", __name__)


@draw.get("/")
def page() -> ResponseReturnValue:
    """A page to draw a digit on, or to upload a picture with."""
    return _page()


@draw.post("/")
def read_picture() -> ResponseReturnValue:
    """The same page with the answer to an upload, for browsers without script."""
    return _page(answer=Predict(services()).read(request.environ))


@draw.errorhandler(Exception)
def refused(error: Exception) -> ResponseReturnValue:
    """The same page with what is wrong, for people rather than programs."""
    response = error_response(error, request.path)
    problem = response.get_json()
    response.set_data(_page(fault=f"{problem['title']}: {problem['detail']}."))
    response.content_type = "text/html; charset=utf-8"
    return response


def _page(answer: dict[str, Any] | None = None, fault: str = "") -> str:
    model = services().models.loaded
    return render_template("draw.html", model=model, answer=answer, fault=fault)
