"""What people decide: to accept or reject a correction, or to take their own back."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from feedback.corrections.queries import find
from feedback.corrections.records import WITHDRAWN, Correction, Review
from feedback.errors import WithdrawnCorrection
from feedback.tables import corrections, reviews, training_rows


def decide(
    connection: Connection, number: int, review: Review, now: datetime
) -> Correction:
    """Accept or reject a correction, for the first time or again; needs to write.

    Raises UnknownCorrection, WithdrawnCorrection.
    """
    if find(connection, number).state == WITHDRAWN:
        raise WithdrawnCorrection(number)
    note = {**vars(review), "correction": number, "created": now}
    connection.execute(insert(reviews).values(note))
    _set(connection, number, state=review.decision)
    return find(connection, number)


def withdraw(connection: Connection, number: int) -> tuple[Correction, list[int]]:
    """Take a correction back and erase its pixels; needs to write.

    Returns it, and the versions that have learnt from it, which erasing does not
    change. Raises UnknownCorrection.
    """
    find(connection, number)
    _set(connection, number, state=WITHDRAWN, pixels=None)
    learnt = select(training_rows.c.version).where(
        training_rows.c.correction == number, training_rows.c.weight > 0
    )
    versions = connection.scalars(learnt.order_by(training_rows.c.version)).all()
    return find(connection, number), list(versions)


def _set(connection: Connection, number: int, **values: str | None) -> None:
    connection.execute(
        update(corrections).where(corrections.c.id == number).values(values)
    )
