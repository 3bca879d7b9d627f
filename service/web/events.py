"""What was served when, with as much of who chose it as the asker may know."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from flask import request

from model_store.history import Event, history
from service.web.services import services

COMMAND_LINE: Final = "command line"


def last_events(versions: Iterable[int], most: int) -> list[Event]:
    """The last events, the oldest first, of a store whose valid versions are known.

    Users and hosts are named to whoever has the admin token; others learn that it was
    somebody by the command line. Raises StoreUnavailable.
    """
    events = history(services().store, versions)[-most:]
    if services().admission.is_admin(request.environ):
        return events
    return [_without_name(event) for event in events]


def _without_name(event: Event) -> Event:
    if "@" not in event.decision.by:
        return event
    return replace(event, decision=replace(event.decision, by=COMMAND_LINE))
