"""What people see in the place of a page that cannot be shown."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.web.errors import error_response


def error_page(error: Exception) -> ResponseReturnValue:
    """The answer of the error table as a page; for the blueprints of pages."""
    response = error_response(error, request.path)
    problem = response.get_json()
    response.set_data(render_template("error.html", problem=problem))
    response.content_type = "text/html; charset=utf-8"
    return response
