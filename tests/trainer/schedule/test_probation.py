"""The probation of a new version: pinned is its parent, once, and only for a reason."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from feedback.corrections.decisions import decide
from feedback.corrections.records import ACCEPTED, Review
from feedback.corrections.submission import submit
from feedback.corrections.usage import note_predictions
from feedback.database import Database
from model_store import Author, Card, ModelStore, Network
from tests.feedback.samples import sent
from trainer.data.choice import DataChoice
from trainer.data.corrected import CorrectionSource
from trainer.places import Places
from trainer.request import Request
from trainer.retraining import Retraining
from trainer.schedule.probation import end_of_probation
from trainer.training.checkpoint import Checkpoints

NOW = datetime.now(UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.at(None, tmp_path / "state")
    yield opened
    opened.close()


@pytest.fixture
def versions(store: ModelStore, network: Network, card: Card) -> ModelStore:
    """A store with version 2, whose parent is version 1."""
    store.publish(network, card)
    store.publish(network, replace(card, parent=1))
    return store


def correct(
    database: Database, version: int, corrections: int, predictions: int
) -> None:
    """Accepted corrections of a version's answers, by a client each."""
    with database.writing() as connection:
        note_predictions(connection, f"of {version}", {version: predictions})
        for number in range(corrections):
            correction = sent(1000 * version + number, version=version)
            stored = submit(connection, correction, NOW, False)
            decide(connection, stored.id, Review(ACCEPTED, "me"), NOW)


def test_parent_is_pinned_when_corrections_per_prediction_double(
    versions: ModelStore, database: Database
) -> None:
    correct(database, 1, 10, 1000)
    correct(database, 2, 21, 1000)
    told = end_of_probation(versions, database, NOW)
    assert told
    assert "21 of 1000 answers of version 2 were corrected" in told
    assert versions.served().version == 1
    [decision] = versions.choice.decisions.all()
    assert (decision.action, decision.version) == ("pin", 1)
    assert decision.by == "probation"
    assert told == f"version 1 is pinned: {decision.why}"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ((19, 100), (1, 1000)),  # too few to say
        ((20, 1000), (10, 1000)),  # twice, and no more
        ((40, 4000), (10, 1000)),  # more people used it
        ((40, 100), (0, 0)),  # nobody used the parent
    ],
)
def test_version_that_does_no_worse_stays(
    versions: ModelStore,
    database: Database,
    ours: tuple[int, int],
    theirs: tuple[int, int],
) -> None:
    correct(database, 1, *theirs)
    correct(database, 2, *ours)
    assert end_of_probation(versions, database, NOW) is None
    assert versions.pinned() is None


@pytest.mark.parametrize("action", ["pin", "unpin"])
def test_what_a_person_chose_since_it_came_stands(
    versions: ModelStore, database: Database, action: str
) -> None:
    correct(database, 1, 1, 1000)
    correct(database, 2, 30, 1000)
    versions.pin(2, Author("anna@desk"))
    if action == "unpin":
        versions.unpin(Author("anna@desk"))
    assert end_of_probation(versions, database, NOW) is None
    assert versions.served().version == 2


def test_person_who_unpins_after_it_is_not_overruled(
    versions: ModelStore, database: Database
) -> None:
    correct(database, 1, 1, 1000)
    correct(database, 2, 30, 1000)
    assert end_of_probation(versions, database, NOW)
    versions.unpin(Author("anna@desk"))
    assert end_of_probation(versions, database, NOW) is None


def test_probation_ends_after_a_day(versions: ModelStore, database: Database) -> None:
    correct(database, 1, 1, 1000)
    correct(database, 2, 30, 1000)
    later = NOW + timedelta(hours=25)
    assert end_of_probation(versions, database, later) is None


def test_parent_that_is_gone_is_not_pinned(
    versions: ModelStore, database: Database
) -> None:
    correct(database, 1, 1, 1000)
    correct(database, 2, 30, 1000)
    versions.withdrawals.add(1, Author("me"))
    assert end_of_probation(versions, database, NOW) is None
    assert versions.pinned() is None


@pytest.fixture
def work(versions: ModelStore) -> Retraining:
    """What the scheduler does, of which only the places are asked."""
    state = versions.state
    corrections = CorrectionSource(None, state)
    places = Places(versions, Checkpoints(state / "checkpoints"), corrections)
    job: Any = SimpleNamespace(places=places)
    choice = DataChoice("embedded", None, None, None, state)
    return Retraining(job, Request(choice, "notebook", {}), keep=30)


def test_scheduler_watches_it_between_runs(
    versions: ModelStore, database: Database, work: Retraining
) -> None:
    assert work.watch() is None  # there is no database yet
    correct(database, 1, 1, 1000)
    correct(database, 2, 30, 1000)
    assert "version 1 is pinned" in (work.watch() or "")
    assert versions.pinned() == 1
