"""The reviewer's page; what it shows and decides goes through /feedback."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.web.services import services

corrections_page = Blueprint("corrections", __name__)


@corrections_page.get("/corrections")
def page() -> ResponseReturnValue:
    """Twenty corrections at a time, for whoever has the admin token."""
    return render_template(
        "corrections.html",
        is_on=services().token_key.is_on,
        is_reviewed=services().admission.admin_token is not None,
    )
