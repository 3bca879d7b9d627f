"""How stored corrections are found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from feedback.corrections.records import PENDING, Correction, Waiting
from feedback.corrections.usage import usage
from feedback.errors import UnknownCorrection
from feedback.tables import corrections, reviews, training_rows

_C = corrections.c
_VERSIONS = 20  # as many as have series of their own


def find(connection: Connection, number: int) -> Correction:
    """One correction by its id. Raises UnknownCorrection."""
    row = connection.execute(all_corrections().where(_C.id == number)).first()
    if row is None:
        raise UnknownCorrection(number)
    return of_row(row)


def listed(
    connection: Connection, states: Sequence[str], most: int | None = None
) -> list[Correction]:
    """The corrections of these states, what the panel thinks likeliest first."""
    query = all_corrections().where(_C.state.in_(states))
    ordered = query.order_by(_C.panel.desc(), _C.id).limit(most)
    return [of_row(row) for row in connection.execute(ordered)]


def waiting(connection: Connection) -> Waiting:
    """What stands in the queue of reviews."""
    query = select(func.count(), func.min(_C.created)).where(_C.state == PENDING)
    count, oldest = connection.execute(query).one()
    return Waiting(count, oldest, usage(connection, _VERSIONS))


def all_corrections() -> Select[Any]:
    """A query of every correction, for `of_row`."""
    given = _C.label.label("given")
    return select(*(c for c in _C if c.name != "label"), given, _label().label("label"))


def of_row(row: Row[Any]) -> Correction:
    """What a row of `all_corrections` holds."""
    return Correction(**row._mapping)


def is_unused() -> ColumnElement[bool]:
    """Whether no version has learnt from it, or was held against it."""
    return ~select(training_rows).where(training_rows.c.correction == _C.id).exists()


def _label() -> ColumnElement[str]:
    """The label of the last review that gave one, else the given label."""
    of_review = (
        select(reviews.c.label)
        .where(reviews.c.correction == _C.id, reviews.c.label.is_not(None))
        .order_by(reviews.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(of_review, _C.label)
