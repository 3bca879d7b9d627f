"""The admin calls: which version is served."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from model_store import Author, CorruptModel, ModelNotAllowed, ModelWithdrawn
from service.web.errors import store_fault
from service.web.problems import ProblemType, Refused
from service.web.services import services

_LONGEST_WHY = 500

admin = Blueprint("admin", __name__)


@admin.before_request
def _check_token() -> None:
    if request.method != "OPTIONS":  # a browser asks ahead without the token (CORS)
        services().admission.check_admin(request.environ)


@admin.post("/models/<int(max=999999999):version>/pin")
def pin(version: int) -> ResponseReturnValue:
    """Serve this version, whatever is newer; other workers follow in a moment."""
    try:
        services().store.pin(version, _author())
    except (CorruptModel, ModelNotAllowed, ModelWithdrawn) as error:
        raise Refused(ProblemType.BROKEN_VERSION, store_fault(error)) from None
    return _followed(version)


@admin.post("/models/unpin")
def unpin() -> ResponseReturnValue:
    """Serve the newest valid version again."""
    services().store.unpin(_author())
    return _followed(None)


def _author() -> Author:
    """Whoever has the token; the query may say `why`."""
    return Author("admin token", request.args.get("why", "")[:_LONGEST_WHY])


def _followed(pinned: int | None) -> ResponseReturnValue:
    """The answer; by then this worker does what was chosen."""
    models = services().models
    models.refresh()
    return {
        "pinned": pinned,
        "served": models.loaded.version if models.loaded else None,
        "everywhere_within_seconds": services().config.follows_within_s,
    }
