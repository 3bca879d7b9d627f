"""Training again and again, at the moments of a cron expression."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger

from trainer.errors import TrainerError

_LONGEST_SLEEP_S = 60  # so that a clock that is set forward is noticed


class BadCron(TrainerError):
    """A cron expression that cannot be read."""


class CronSchedule:
    """The moments that a cron expression names, in UTC.

    Five fields: minute, hour, day of month, month, day of week (0 or 7 is Sunday).
    Raises BadCron.
    """

    def __init__(self, expression: str) -> None:
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
            raise BadCron(
                f"{expression!r} is not a cron expression: five fields are needed,"
                " minute hour day month weekday, such as '0 3 * * *'"
            ) from None

    def next_after(self, moment: datetime) -> datetime:
        """The first moment that is later than the given one. Raises BadCron if none."""
        following = self._trigger.get_next_fire_time(moment, moment)
        if following is None:
            raise BadCron("the cron expression names no moment that will ever come")
        return datetime.fromtimestamp(following.timestamp(), UTC)


_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _named_weekdays(field: str) -> str:
    """The field with names: cron counts from Sunday = 0, APScheduler from Monday."""
    if field == "*" or any(c.isalpha() for c in field):
        return field
    days: list[str] = []
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0-6" if span == "*" else span).partition("-")
        end = int(last or (6 if step else first))
        if not 0 <= int(first) <= end < len(_WEEKDAYS):
            raise ValueError(field)
        days += [_WEEKDAYS[n] for n in range(int(first), end + 1, int(step or 1))]
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
