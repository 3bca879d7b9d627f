"""A lease: one owner at a time, until it ends or is not renewed.

The token grows with each new owner. So an owner that was frozen, and wakes up after
another one took over, finds another token and knows that it must not go on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from feedback.tables import leases

LASTS_S: Final = 90.0
_L = leases.c


@dataclass(frozen=True)
class Lease:
    """Who may do something alone, and until when."""

    name: str
    owner: str
    token: int
    until: datetime


def current(connection: Connection, name: str) -> Lease | None:
    """The last lease of that name, whether or not it has ended; None if none was."""
    row = connection.execute(select(leases).where(_L.name == name)).one_or_none()
    return Lease(**row._mapping) if row else None


def claim(connection: Connection, name: str, owner: str, now: datetime) -> Lease | None:
    """Take a lease that is free, or renew one's own; None if another one has it.

    The transaction must be one of Database.writing, which take turns.
    """
    last = current(connection, name)
    until = now + timedelta(seconds=LASTS_S)
    if last is None:
        row = {"name": name, "owner": owner, "token": 1, "until": until}
        connection.execute(insert(leases).values(row))
        return Lease(name, owner, 1, until)
    if last.owner != owner and last.until > now:
        return None
    token = last.token if last.owner == owner else last.token + 1
    changed = {"owner": owner, "token": token, "until": until}
    connection.execute(update(leases).where(_L.name == name).values(changed))
    return Lease(name, owner, token, until)


def renew(connection: Connection, lease: Lease, now: datetime) -> bool:
    """Make one's lease last longer; False if another one has taken it meanwhile.

    One that has ended, but that nobody took, is one's own still.
    """
    ours = (_L.name == lease.name, _L.owner == lease.owner, _L.token == lease.token)
    until = now + timedelta(seconds=LASTS_S)
    renewed = connection.execute(update(leases).where(*ours).values(until=until))
    return renewed.rowcount == 1


def release(connection: Connection, lease: Lease, now: datetime) -> None:
    """End one's lease; its token stays known, so that the next one is higher."""
    ours = (_L.name == lease.name, _L.owner == lease.owner, _L.token == lease.token)
    connection.execute(update(leases).where(*ours).values(until=now))
