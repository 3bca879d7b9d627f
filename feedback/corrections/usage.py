"""How much each version was used, and how many of its answers were corrected."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from feedback.corrections.records import ACCEPTED, Usage
from feedback.tables import corrections, predictions

_P = predictions.c
_C = corrections.c


def note_predictions(
    connection: Connection, instance: str, made: Mapping[int, int]
) -> None:
    """Keep how many predictions a service has made with each version; needs to write.

    instance: this start of the service; its figures replace those that it gave before.
    """
    for version, count in made.items():
        ours = (_P.instance == instance, _P.version == version)
        changed = update(predictions).where(*ours).values(made=count)
        if connection.execute(changed).rowcount == 0:
            row = {"instance": instance, "version": version, "made": count}
            connection.execute(insert(predictions).values(row))


def usage(connection: Connection, newest: int) -> dict[int, Usage]:
    """The usage of so many versions, the newest that were corrected or used."""
    made = _by_version(connection, newest, select(_P.version, func.sum(_P.made)))
    accepted = select(_C.version, func.count()).where(_C.state == ACCEPTED)
    corrected = _by_version(connection, newest, accepted)
    return {
        version: Usage(made.get(version, 0), corrected.get(version, 0))
        for version in made.keys() | corrected.keys()
    }


def _by_version(
    connection: Connection, newest: int, query: Select[Any]
) -> dict[int, int]:
    version = query.selected_columns[0]
    last = query.group_by(version).order_by(version.desc()).limit(newest)
    return {row[0]: int(row[1]) for row in connection.execute(last)}
