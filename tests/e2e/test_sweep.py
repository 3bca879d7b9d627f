"""A sweep by several workers on one PostgreSQL: who is killed, and what is lost."""

import json
from collections.abc import Iterator
from typing import Any

import optuna
import pytest
from optuna.storages import RDBStorage
from optuna.trial import TrialState
from sqlalchemy.pool import NullPool

from tests.e2e.postgres import PASSWORD, Postgres, running_postgres
from tests.e2e.tools import need_tools
from tests.support.installation import Installation, Program
from tests.support.waiting import TIMEOUT_S, ended, wait_until

TRIALS = 6
# Trials of about a second.
SWEEP = (
    *("trainer", "sweep", "--data", "embedded", "--no-augment", "--hidden", "100"),
    *("--epochs", "80", "--trials", str(TRIALS), "--json"),
)


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    need_tools()
    with running_postgres() as postgres:
        yield postgres


def worker(place: Installation, postgres: Postgres, *options: object) -> Program:
    settings = {"DIGITS_DATABASE_URL": postgres.url}
    return place.start(*SWEEP, *options, settings=settings)


def trials(postgres: Postgres, *states: TrialState) -> list[Any]:
    """Those in one of the states, once there is a study."""
    url = postgres.url.replace("postgresql", "postgresql+psycopg", 1)
    storage = RDBStorage(url, {"poolclass": NullPool})
    names = optuna.get_all_study_names(storage)
    if not names:
        return []
    [name] = names
    return optuna.load_study(study_name=name, storage=storage).get_trials(states=states)


def told(program: Program, text: str) -> None:
    """Read its stderr up to a line with the text."""
    assert program.stderr is not None
    for line in program.stderr:
        if text in line:
            return
    raise AssertionError(f"it ended and never said {text!r}")


def test_trial_of_a_killed_worker_is_run_by_another(
    place: Installation, postgres: Postgres
) -> None:
    with (
        ended(killed := worker(place, postgres)),
        ended(other := worker(place, postgres)),
    ):
        running = TrialState.RUNNING
        told(killed, "have ended")
        wait_until("both train", lambda: len(trials(postgres, running)) == 2)
        killed.kill()
        out, err = other.communicate(timeout=TIMEOUT_S)
    assert other.returncode == 0, err
    assert "Traceback" not in err
    counts = json.loads(out)["trials"]
    assert counts["complete"] + counts["pruned"] >= TRIALS
    assert (counts["fail"], counts["running"], counts["waiting"]) == (1, 0, 0)
    [failed] = trials(postgres, TrialState.FAIL)
    [retried] = [
        trial
        for trial in trials(postgres, TrialState.COMPLETE, TrialState.PRUNED)
        if trial.system_attrs.get("failed_trial") == failed.number
    ]
    assert retried.params == failed.params


def test_database_that_restarts_is_waited_for(
    place: Installation, postgres: Postgres
) -> None:
    # Two trials and no deadline: it is done when it is done, on a busy machine too.
    with ended(program := worker(place, postgres, "--trials", 2)):
        told(program, "trial 0")
        postgres.stop()
        told(program, "the database does not answer")
        postgres.start()
        out, err = program.communicate()
    assert program.returncode == 0, err
    counts = json.loads(out)["trials"]
    assert counts["complete"] + counts["pruned"] == 2


def test_database_that_stays_away_ends_the_sweep_with_one_line(
    place: Installation, postgres: Postgres
) -> None:
    with ended(program := worker(place, postgres)):
        told(program, "trial 0")
        postgres.stop()
        out, err = program.communicate(timeout=TIMEOUT_S)
    assert (program.returncode, out) == (1, ""), err
    *retries, last = err.splitlines()
    assert sum("the database does not answer" in line for line in retries) > 1
    assert "the study's database does not answer any more" in last
    assert "Traceback" not in err
    assert PASSWORD not in err
