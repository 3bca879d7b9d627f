"""The schedule: cron's own moments in UTC, and a trainer that waits for them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from energy import EnergySettings
from model_store import AllowList, Card, ModelStore, Network
from tests.support.commands import Place, Run
from tests.trainer.waiting import wait_for
from trainer.data.corrected import CorrectionSource
from trainer.job import Job
from trainer.places import Places
from trainer.schedule.cron import BadCron, CronSchedule
from trainer.training.checkpoint import Checkpoints
from trainer.training.progress import reporter

WEDNESDAY = datetime(2024, 1, 3, 12, 0, tzinfo=UTC)
MOMENTS = {
    "0 3 * * *": "Thu 2024-01-04 03:00",
    "*/7 * * * *": "Wed 2024-01-03 12:07",
    "5,10 * * * *": "Wed 2024-01-03 12:05",
    "0-30/10 * * * *": "Wed 2024-01-03 12:10",
    "30 6 1 * *": "Thu 2024-02-01 06:30",
    "0 3 * feb *": "Thu 2024-02-01 03:00",
    "0 0 29 2 *": "Thu 2024-02-29 00:00",
    "0 3 * * 0": "Sun 2024-01-07 03:00",
    "0 3 * * 7": "Sun 2024-01-07 03:00",
    "0 3 * * 1": "Mon 2024-01-08 03:00",
    "0 3 * * 6": "Sat 2024-01-06 03:00",
    "0 3 * * SUN": "Sun 2024-01-07 03:00",
    "0 3 * * mon-fri": "Thu 2024-01-04 03:00",
    "0 3 * * sun-tue": "Sun 2024-01-07 03:00",
    "0 3 * * 5-7": "Fri 2024-01-05 03:00",
    "0 3 * * 1,sun": "Sun 2024-01-07 03:00",
    "0 3 * * mon,5": "Fri 2024-01-05 03:00",
    "0 3 * * */2": "Thu 2024-01-04 03:00",
    "0 3 * * 1-5/2": "Fri 2024-01-05 03:00",
    "0 13 * * 3": "Wed 2024-01-03 13:00",
    "0 3 13 * 5": "Fri 2024-01-05 03:00",
    "0 3 5 * 0": "Fri 2024-01-05 03:00",
    "0 3 */2 * 1": "Mon 2024-01-15 03:00",
    "0 3 L * *": "Wed 2024-01-31 03:00",
    "CRON_TZ=UTC 0 3 * * *": "Thu 2024-01-04 03:00",
}
BAD = [
    "", "@daily", "* * * *", "* * * * * *", "60 * * * *", "-1 * * * *", "1.5 * * * *",
    "*/0 * * * *", "0 24 * * *", "0 3 0 * *", "0 3 32 * *", "0 3 * 13 *", "0 3 * * 8",
    "0 3 * * 1-", "0 3 * * -1", "0 3 * * 5-2", "0 3 * * 1-5/0", "0 3 * * ?",
    "CRON_TZ=Europe/Berlin", "CRON_TZ=Middle/Earth 0 3 * * *", "CRON_TZ= 0 3 * * *",
    "CRON_TZ=/etc/passwd 0 3 * * *", "CRON_TZ=../UTC 0 3 * * *",
    "0 3 * * someday", "three in the morning o'clock", "0 0 30 2 *",
]  # fmt: skip


@pytest.mark.parametrize(("expression", "moment"), MOMENTS.items())
def test_next_moment_is_crons(expression: str, moment: str) -> None:
    following = CronSchedule(expression, WEDNESDAY).next_after(WEDNESDAY)
    assert f"{following:%a %Y-%m-%d %H:%M}" == moment
    assert following.utcoffset() == timedelta(0)


def test_weekdays_count_from_sunday_and_sunday_is_7_too() -> None:
    moments = [
        CronSchedule(f"0 3 * * {weekday}", WEDNESDAY).next_after(WEDNESDAY)
        for weekday in range(8)
    ]
    names = [f"{moment:%a}" for moment in moments]
    assert names == ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


# Berlin's clock goes from 02:00 to 03:00 on 2026-03-29, from 03:00 to 02:00 on
# 2026-10-25: expression, moments in UTC (and in Berlin).
DAYS_OF_CHANGE = {
    "winter and summer": ("0 3 * * *", "2026-03-28 00:00", [
        "03-28 02:00", "03-29 01:00", "03-30 01:00",
    ]),
    "in the gap of spring, at its end": ("30 2 * * *", "2026-03-28 12:00", [
        "03-29 01:00", "03-30 00:30",
    ]),
    "in the hour that autumn repeats, once": ("30 2 * * *", "2026-10-24 12:00", [
        "10-25 00:30", "10-26 01:30",
    ]),
    "after a run that took until the hour was repeated": (
        "30 2 * * *", "2026-10-25 01:10", ["10-26 01:30"],
    ),
    "every half hour, in the repeated hour too": ("*/30 * * * *", "2026-10-25 00:10", [
        "10-25 00:30", "10-25 01:00", "10-25 01:30", "10-25 02:00",
    ]),
    "every hour, over the gap": ("0 * * * *", "2026-03-29 00:10", [
        "03-29 01:00", "03-29 02:00",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "start", "due"), DAYS_OF_CHANGE.values(), ids=DAYS_OF_CHANGE
)
def test_zone_is_kept_over_the_change_of_its_clock(
    fields: str, start: str, due: list[str]
) -> None:
    moment = datetime.fromisoformat(f"{start}+00:00")
    schedule = CronSchedule(f"CRON_TZ=Europe/Berlin {fields}", moment)
    for expected in due:
        moment = schedule.next_after(moment).astimezone(UTC)
        assert f"{moment:%m-%d %H:%M}" == expected


def test_moment_is_told_in_the_zone_of_the_schedule() -> None:
    schedule = CronSchedule("CRON_TZ=Europe/Berlin 0 3 * * *", WEDNESDAY)
    assert f"{schedule.next_after(WEDNESDAY):%d %H:%M %Z}" == "04 03:00 CET"


@pytest.mark.parametrize("expression", BAD)
def test_bad_expression_is_refused(expression: str) -> None:
    with pytest.raises(BadCron) as refusal:
        CronSchedule(expression, WEDNESDAY)
    assert repr(expression) in str(refusal.value)


@pytest.mark.parametrize("expression", ["61 * * * *", "0 0 30 2 *"])
def test_bad_expression_ends_the_command_before_it_trains(
    place: Place, expression: str
) -> None:
    by_flag = place.run("trainer", "schedule", "--cron", expression).error_line()
    by_variable = place.run("trainer", "schedule", DIGITS_SCHEDULE=expression)
    assert repr(expression) in by_flag
    assert "DIGITS_SCHEDULE" in by_variable.error_line()
    assert not (place.root / "models").exists()


def test_schedule_without_a_moment_is_told(place: Place) -> None:
    assert "--cron" in place.run("trainer", "schedule").error_line()


def schedule(place: Place, *arguments: object) -> Run:
    """A scheduled trainer, stopped as soon as it waits for its moment."""
    run = place.start("trainer", "schedule", "--cron", "0 3 1 1 *", *arguments)
    wait_for(run, "next training at")
    run.process.terminate()
    assert run.end().code == 143
    return run


def test_full_run_follows_a_first_model_at_once(
    place: Place, network: Network, card: Card, train_csv: Path, test_csv: Path
) -> None:
    place.store.publish(network, Card(**{**vars(card), "data": {"source": "embedded"}}))
    quick = ("--hidden", 8, "--epochs", 1, "--no-augment", "--no-gate")
    schedule(place, "--train", train_csv, "--test", test_csv, *quick)
    assert place.store.versions() == [1, 2]
    assert place.store.load(2).card.layers == [784, 8, 10]


def test_complete_run_on_mnist_is_not_repeated_at_the_start(
    place: Place, network: Network, card: Card
) -> None:
    place.store.publish(network, card)
    schedule(place)
    assert place.store.versions() == [1]


def test_only_the_newest_versions_are_kept_after_a_run(
    place: Place, network: Network, card: Card, train_csv: Path, test_csv: Path
) -> None:
    embedded = Card(**{**vars(card), "data": {"source": "embedded"}})
    for _ in range(3):
        place.store.publish(network, embedded)
    quick = ("--hidden", 8, "--epochs", 1, "--no-augment", "--no-gate")
    files = ("--train", train_csv, "--test", test_csv)
    run = schedule(place, *files, *quick, "--keep-versions", 2)
    assert place.store.versions() == [3, 4]
    assert "removed version 1, 2" in run.stderr


def test_run_that_fails_is_told_and_the_next_moment_waited_for(
    place: Place, network: Network, card: Card
) -> None:
    place.store.publish(network, Card(**{**vars(card), "data": {"source": "embedded"}}))
    run = schedule(place, "--train", "gone.csv")
    assert "training failed: gone.csv: no such file" in run.stderr
    assert "Traceback" not in run.stderr


def test_schedule_of_a_store_whose_allow_list_is_empty_trains_at_once(
    place: Place, network: Network, card: Card
) -> None:
    """No version may be served, so none comes from a complete run."""
    place.store.publish(network, card)
    allow_list = AllowList(place.root / "SHA256SUMS")
    allow_list.path.touch()
    store = ModelStore(place.store.root, place.store.state, allow_list)
    places = Places(
        store,
        Checkpoints(store.state / "checkpoints"),
        CorrectionSource(None, store.state),
    )
    job = Job(places, reporter("json"), EnergySettings(), threads=1)
    assert not job.is_fully_trained()


def test_runs_tells_what_the_schedule_did_and_will_do(
    place: Place, network: Network, card: Card
) -> None:
    assert place.json("trainer", "runs") == {"runs": [], "next": None}
    place.store.publish(network, Card(**{**vars(card), "data": {"source": "embedded"}}))
    schedule(place, "--train", "gone.csv")
    found = place.json("trainer", "runs", "--cron", "0 3 1 1 *")
    [run] = found["runs"]
    assert (run["state"], run["due"]) == ("failed", None)
    assert "gone.csv" in run["error"]
    assert found["next"].endswith("-01-01T03:00:00+00:00")
    told = place.run("trainer", "runs").stdout.splitlines()
    assert "failed" in told[0]
    assert told[1] == "next: set DIGITS_SCHEDULE"
