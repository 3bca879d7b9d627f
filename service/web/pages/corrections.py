"""The reviewer's page; what it shows and decides goes through /feedback."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.web.services import services

corrections = Blueprint("corrections", __name__)


@corrections.get("/corrections")
def page() -> ResponseReturnValue:
    """Twenty corrections at a time, for whoever has the admin token."""
    return render_template(
        "corrections.html",
        is_on=services().token_key.is_on,
        is_reviewed=services().admission.admin_token is not None,
    )
