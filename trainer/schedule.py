"""Training again and again, at the moments of a cron expression."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger

from trainer.errors import TrainerError

_LONGEST_SLEEP_S = 60  # so that a clock that is set forward is noticed


class BadCron(TrainerError):
    """A cron expression that names no moment.

    Attributes: expression.
    """

    def __init__(self, expression: str) -> None:
        super().__init__(
            f"DIGITS_SCHEDULE or --cron {expression!r} names no moment: minute, hour,"
            " day, month and weekday are needed, such as '0 3 * * *'"
        )
        self.expression = expression


class CronSchedule:
    """The moments that a cron expression names, in UTC.

    Five fields: minute, hour, day of month, month, day of week (0 or 7 is Sunday).
    Raises BadCron, also for an expression whose moment never comes after `now`.
    """

    def __init__(self, expression: str, now: datetime) -> None:
        try:
            minute, hour, day, month, weekday = expression.split()
            self._trigger = CronTrigger(
                minute=minute,
                hour=hour,
                day=day,
                month=month,
                day_of_week=_named_weekdays(weekday),
                timezone=UTC,
            )
        except ValueError:
            raise BadCron(expression) from None
        self._expression = expression
        self.next_after(now)

    def next_after(self, moment: datetime) -> datetime:
        """The first moment that is later than the given one. Raises BadCron if none."""
        following = self._trigger.get_next_fire_time(moment, moment)
        if following is None:
            raise BadCron(self._expression)
        return datetime.fromtimestamp(following.timestamp(), UTC)


_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _named_weekdays(field: str) -> str:
    """The field as a list of names: cron counts from Sunday = 0, APScheduler not.

    Raises ValueError.
    """
    for number, name in enumerate(_WEEKDAYS[:7]):
        field = field.lower().replace(name, str(number))
    days: list[str] = []
    for part in field.split(","):
        match = re.fullmatch(r"(?:\*|([0-7])(?:-([0-7]))?)(?:/([1-7]))?", part)
        if not match:
            raise ValueError(field)
        first, last, step = match.groups()
        end = last or ("6" if first is None or step else first)
        if int(end) < int(first or 0):
            raise ValueError(field)
        days += _WEEKDAYS[int(first or 0) : int(end) + 1 : int(step or 1)]
    return ",".join(dict.fromkeys(days))


def run_forever(
    schedule: CronSchedule,
    job: Callable[[], None],
    clock: Callable[[], datetime],
    say: Callable[[str], None],
) -> None:
    """Call the job at each moment; one that comes during a run is left out."""
    while True:
        moment = schedule.next_after(clock())
        say(f"next training at {moment:%Y-%m-%d %H:%M} UTC")
        sleep_until(moment, clock, time.sleep)
        job()


def sleep_until(
    moment: datetime,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> None:
    """Sleep until the clock shows the moment."""
    while (left := (moment - clock()).total_seconds()) > 0:
        sleep(min(left, _LONGEST_SLEEP_S))
