"""A correction comes in: it is stored once, and the automatic rules look at it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from feedback.corrections.queries import find, is_unused
from feedback.corrections.records import (
    ACCEPTED,
    PENDING,
    QUARANTINED,
    WITHDRAWN,
    Correction,
    Submission,
)
from feedback.corrections.rules import MOST_HOURLY, TRUSTED_PANEL, Round, broken_rule
from feedback.errors import TooManyCorrections
from feedback.tables import corrections, reviews

_C = corrections.c
_OPEN = (PENDING, QUARANTINED, ACCEPTED)


def submit(
    connection: Connection, sent: Submission, now: datetime, is_trusted: bool
) -> Correction:
    """Store a correction, or find the one that says the same; needs to write.

    is_trusted: what breaks no rule, and the panel thinks likely, is accepted unseen.
    Raises TooManyCorrections.
    """
    known = connection.execute(select(_C.id, _C.state).where(_same(sent))).first()
    if known and known.state != WITHDRAWN:
        return find(connection, known.id)
    _replace_undecided(connection, sent)
    standing = _standing(connection, sent, now)
    if standing.in_last_hour >= MOST_HOURLY:
        raise TooManyCorrections(MOST_HOURLY)
    reason = broken_rule(sent.pixels, sent.panel, standing)
    state = _state(reason, is_trusted and sent.panel >= TRUSTED_PANEL)
    values = {**vars(sent), "created": now, "state": state, "reason": reason}
    if known:  # taken back before: its pixels are there again
        connection.execute(update(corrections).where(_same(sent)).values(values))
    else:
        connection.execute(insert(corrections).values(values))
    if standing.conflicting:
        _quarantine_undecided(connection, sent.digest, reason)
    stored = connection.execute(select(_C.id).where(_same(sent))).scalar_one()
    return find(connection, stored)


def _state(reason: str | None, is_likely: bool) -> str:
    if reason:
        return QUARANTINED
    return ACCEPTED if is_likely else PENDING


def _same(sent: Submission) -> ColumnElement[bool]:
    return and_(
        _C.digest == sent.digest, _C.client == sent.client, _C.label == sent.label
    )


def _standing(connection: Connection, sent: Submission, now: datetime) -> Round:
    def count(*conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(corrections).where(*conditions)
        return connection.execute(query).scalar_one()

    is_open = and_(_C.state.in_(_OPEN), is_unused())
    of_client = _C.client == sent.client
    return Round(
        total=count(is_open),
        pair=count(is_open, _C.predicted == sent.predicted, _C.label == sent.label),
        of_client=count(is_open, of_client),
        in_last_hour=count(of_client, _C.created > now - timedelta(hours=1)),
        conflicting=count(
            _C.digest == sent.digest, _C.label != sent.label, _C.state != WITHDRAWN
        ),
    )


def _replace_undecided(connection: Connection, sent: Submission) -> None:
    """Who gives the same pixels another label takes the earlier one back by that.

    Unless a person has decided on it, or a version has learnt it: then they differ.
    """
    earlier = (_C.digest == sent.digest, _C.client == sent.client)
    undecided = (~_is_reviewed(), is_unused(), _C.label != sent.label)
    gone = {"state": WITHDRAWN, "pixels": None, "reason": "another label came"}
    connection.execute(update(corrections).where(*earlier, *undecided).values(gone))


def _quarantine_undecided(
    connection: Connection, digest: str, reason: str | None
) -> None:
    """Of pixels with several labels none is learnt unless a person has decided."""
    open_ones = _C.state.in_((PENDING, ACCEPTED))
    contested = and_(_C.digest == digest, open_ones, ~_is_reviewed())
    values = {"state": QUARANTINED, "reason": reason}
    connection.execute(update(corrections).where(contested).values(values))


def _is_reviewed() -> ColumnElement[bool]:
    return select(reviews).where(reviews.c.correction == _C.id).exists()
