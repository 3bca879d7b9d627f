"""POST /feedback: somebody says what a picture shows; DELETE takes it back."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, TooManyRequests

from feedback.corrections.records import LABELS, Correction, Submission
from feedback.corrections.tokens import Tokens, digest_of, refuse_expired, said_by
from feedback.errors import DatabaseAway, TooManyCorrections
from model_store import Model, StoreError
from service.access.same_site import is_of_another_site
from service.corrections.desk import Action
from service.corrections.panel import panel, panel_probability
from service.serving.prediction import scorer
from service.telemetry import metrics
from service.telemetry.scrape.usage import instance, predictions_by_version
from service.web.problems import ProblemType, Refused
from service.web.received.body import read_body
from service.web.received.fields import text_fields, text_of
from service.web.received.multipart import parts_of
from service.web.received.upload import Upload, from_part, is_image, only_image
from service.web.services import services

if TYPE_CHECKING:
    from feedback.corrections.store import CorrectionStore

feedback = Blueprint("feedback", __name__)

_MOST_PARTS = 100
_TOLD = ("id", "label", "predicted", "model", "state")
_HOUR_S = 3600


@feedback.before_request
def _check_request() -> None:
    refuse_if_off()
    if is_of_another_site(request.environ, services().config.cors_origins):
        raise Refused(ProblemType.OTHER_SITE, "a page of another site asked for this")


def refuse_if_off() -> None:
    """Raises Refused where DIGITS_FEEDBACK is off."""
    if not services().token_key.is_on:
        raise Refused(ProblemType.FEEDBACK_OFF, "corrections are off")


@feedback.post("/feedback")
def correct() -> ResponseReturnValue:
    """Keep a picture with what it shows, for a person to look at; see docs/api.md."""
    tokens = _tokens()
    upload, label, token = _read_form()
    said, now = said_by(token), time.time()
    refuse_expired(said, now)
    # Read by the version that answered: another one may choose other pixels.
    score = scorer(_version(said.version))
    pixels = upload.digit(services().config.max_pixels, score).pixels
    digest = digest_of(pixels.tobytes())
    answered = tokens.check(token, digest)
    sent = Submission(
        pixels=pixels.tobytes(),
        digest=digest,
        predicted=str(answered.label),
        confidence=answered.confidence,
        version=answered.version,
        label=label,
        client=tokens.client(services().admission.client(request.environ)),
        panel=panel_probability(_panel(), pixels, label),
    )
    return correction_to_dict(_store(sent, now)), 201


@feedback.delete("/feedback/<int(max=999999999):number>")
def take_back(number: int) -> ResponseReturnValue:
    """Erase the pixels of a correction, for whoever has its token."""
    environ, desk, tokens = request.environ, services().desk, _tokens()
    body = read_body(environ, services().config.max_upload_bytes)
    token = text_fields(environ, body).get("token", "")
    known = desk.ask(lambda store: store.find(number))
    tokens.check(token, known.digest)
    gone, versions = desk.ask(lambda store: store.withdraw(number))
    if known.state != gone.state:
        metrics.CORRECTIONS.labels(gone.state).inc()
    return {**correction_to_dict(gone), "learnt_by": versions}


def correction_to_dict(correction: Correction) -> dict[str, Any]:
    """What its sender is told of a correction."""
    told = correction.to_dict()
    return {name: told[name] for name in _TOLD}


def label_of(text: str) -> str:
    """A label that was sent. Raises werkzeug's BadRequest."""
    if text not in LABELS:
        raise BadRequest(f"label {text[:20]!r} is neither 0 to 9 nor 'none'")
    return text


def ask_and_note(action: Action[Correction]) -> Correction:
    """What the action does to a correction; how much versions are used is noted, too.

    The two together say how often each version is corrected.
    """
    made = predictions_by_version()

    def both(store: "CorrectionStore") -> Correction:
        store.note_predictions(instance(), made)
        return action(store)

    return services().desk.ask(both)


def _read_form() -> tuple[Upload, str, str]:
    """The picture, its label, and the token. Raises Refused, BadRequest."""
    body = read_body(request.environ, services().config.max_upload_bytes)
    parts = parts_of(body, request.content_type or "", _MOST_PARTS)
    fields = text_of([part for part in parts if not is_image(part)])
    for name in ("label", "token"):
        if name not in fields:
            raise BadRequest(f"the form has no field {name!r}")
    return from_part(only_image(parts)), label_of(fields["label"]), fields["token"]


def _tokens() -> Tokens:
    """Raises DatabaseAway while there is no key to check tokens with."""
    if tokens := services().token_key.tokens:
        return tokens
    raise DatabaseAway("there is no key (see the log)")


def _version(number: int) -> Model:
    """That version, else the served one: it may have been pruned since."""
    try:
        return services().catalog.model(number)
    except StoreError:
        return services().models.get()


def _panel() -> list[Model]:
    store = services().store
    withdrawn = store.withdrawals.all()
    members = [version for version in store.versions() if version not in withdrawn]
    return panel(services().catalog, members) or [services().models.get()]


def _store(sent: Submission, now: float) -> Correction:
    """Raises werkzeug's TooManyRequests, and what Desk.ask raises."""
    moment = datetime.fromtimestamp(now, UTC)
    is_trusted = services().config.feedback == "trust"
    try:
        stored = ask_and_note(lambda s: s.submit(sent, moment, is_trusted))
    except TooManyCorrections as error:
        raise TooManyRequests(str(error), retry_after=_HOUR_S) from None
    if stored.created == moment:  # not the repeat of an earlier one
        metrics.CORRECTIONS.labels(stored.state).inc()
    return stored
