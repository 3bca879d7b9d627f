"""The moments that a cron expression names."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from trainer.errors import TrainerError

_ZONE = "CRON_TZ="


class BadCron(TrainerError):
    """A cron expression that is never due, or a time zone that is not known.

    Attributes: expression.
    """

    def __init__(self, expression: str, reason: str) -> None:
        super().__init__(
            f"DIGITS_SCHEDULE or --cron {expression!r}: {reason}; five fields are"
            " needed (minute, hour, day, month, weekday), such as '0 3 * * *', in UTC"
            " or after a time zone: 'CRON_TZ=Europe/Berlin 0 3 * * *'"
        )
        self.expression = expression


class CronSchedule:
    """The moments that a cron expression names, in UTC or in the zone of CRON_TZ=.

    Fields mean what they mean to Debian's cron: 0 or 7 is Sunday, and where day and
    weekday are both given either of them is enough. A moment that the change to summer
    time leaves out comes at the end of the gap; one that comes twice in autumn, once.
    Raises BadCron, also for an expression that is never due after `now`.
    """

    def __init__(self, expression: str, now: datetime) -> None:
        self._expression = expression
        first, _, rest = expression.strip().partition(" ")
        named = first.startswith(_ZONE)
        self._zone = self._known(first.removeprefix(_ZONE)) if named else UTC
        self._fields = rest if named else expression
        if len(self._fields.split()) != 5:  # CronSim would take seconds, too
            raise BadCron(expression, "it has not five fields")
        self.next_after(now)

    def next_after(self, moment: datetime) -> datetime:
        """The first moment that is later than the given one, in the schedule's zone.

        Raises BadCron if there is none.
        """
        try:
            for due in CronSim(self._fields, moment.astimezone(self._zone)):
                # In the hour that autumn repeats, CronSim names its first run.
                if due.astimezone(UTC) > moment:
                    return due
        except CronSimError as error:
            raise BadCron(self._expression, str(error)) from None
        raise BadCron(self._expression, "there is no such day")

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The moments later than `after`, up to `until`, in rising order."""
        moment = self.next_after(after)
        while moment <= until:
            yield moment
            moment = self.next_after(moment.astimezone(UTC))

    def _known(self, name: str) -> tzinfo:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise BadCron(self._expression, f"{name!r} is no time zone") from None
