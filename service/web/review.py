"""The reviewer's calls: which corrections wait, and what is decided on them."""

from datetime import UTC, datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from numpy import frombuffer, uint8
from werkzeug.exceptions import BadRequest

from feedback.corrections.records import (
    ACCEPTED,
    PENDING,
    REJECTED,
    STATES,
    Correction,
    Review,
)
from service.image import png_data_url
from service.telemetry import metrics
from service.web.feedback import (
    ask_and_note,
    correction_to_dict,
    label_of,
    refuse_if_off,
)
from service.web.received.body import read_body
from service.web.received.fields import text_fields
from service.web.services import services

review = Blueprint("review", __name__)

_MOST = 1000
_NUMBER = "<int(max=999999999):number>"


@review.before_request
def _check_token() -> None:
    refuse_if_off()
    if request.method != "OPTIONS":  # a browser asks ahead without the token (CORS)
        services().admission.check_admin(request.environ)


@review.get("/feedback")
def list_corrections() -> ResponseReturnValue:
    """The corrections of a state, what the panel thinks likeliest first."""
    state = request.args.get("state", PENDING)
    if state not in STATES:
        raise BadRequest(f"state {state[:20]!r} is none of {', '.join(STATES)}")
    limit = request.args.get("limit", str(_MOST))
    is_number = limit.isdecimal() and len(limit) <= len(str(_MOST))
    if not is_number or not 1 <= int(limit) <= _MOST:
        raise BadRequest(f"limit {limit[:20]!r} is no number from 1 to {_MOST}")
    most = int(limit)
    found = services().desk.ask(lambda store: store.listed([state], most))
    return {"corrections": [_shown(correction) for correction in found]}


@review.post(f"/feedback/{_NUMBER}/accept")
def accept(number: int) -> ResponseReturnValue:
    """Let the next training learn it, perhaps by another label."""
    body = read_body(request.environ, services().config.max_upload_bytes)
    label = text_fields(request.environ, body).get("label")
    return _decide(number, ACCEPTED, label and label_of(label))


@review.post(f"/feedback/{_NUMBER}/reject")
def reject(number: int) -> ResponseReturnValue:
    """Let no training learn it."""
    return _decide(number, REJECTED, None)


def _decide(number: int, decision: str, label: str | None) -> ResponseReturnValue:
    decided = Review(decision, _reviewer(), label)
    now = datetime.now(UTC)
    stored = ask_and_note(lambda store: store.decide(number, decided, now))
    metrics.CORRECTIONS.labels(decision).inc()
    return correction_to_dict(stored)


def _reviewer() -> str:
    """The holder of this admin token, told apart from others' and not to be found."""
    holder = services().admission.check_admin(request.environ)
    tokens = services().token_key.tokens
    return f"admin token {tokens.client(holder)[:8]}" if tokens else "admin token"


def _shown(correction: Correction) -> dict[str, object]:
    picture = None
    if correction.pixels:
        picture = png_data_url(frombuffer(correction.pixels, uint8))
    return {**correction.to_dict(), "image": picture}
