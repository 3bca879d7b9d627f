"""The database: made, refused, migrated, and shared by several writers."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from feedback.corrections.queries import find
from feedback.corrections.records import ACCEPTED
from feedback.database import Database
from feedback.errors import BadDatabase, DatabaseAway, SchemaBehind
from feedback.file_systems import network_file_system
from feedback.tables import HEAD, VERSION_TABLE, corrections, metadata, runs
from tests.feedback.samples import NOON, sent, stroke
from tests.support.environment import ROOT


def note(database: Database, at: datetime = NOON) -> None:
    with database.writing() as connection:
        connection.execute(insert(runs).values(started=at, state="failed"))


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(runs)) or 0


def test_file_is_made_with_its_tables_by_the_first_transaction(
    database: Database, tmp_path: Path
) -> None:
    assert database.is_missing
    note(database)
    assert not database.is_missing
    assert count(database) == 1
    assert (tmp_path / "state" / "digits.db").exists()


def test_reading_of_a_missing_file_finds_nothing(database: Database) -> None:
    assert count(database) == 0


def test_migrations_make_the_tables_of_the_code(database: Database) -> None:
    database.migrate()
    with database.reading() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        found = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(found, metadata) == []
        assert found.get_current_revision() == HEAD


def test_migrating_again_changes_nothing(database: Database) -> None:
    note(database)
    database.migrate()
    assert count(database) == 1


def test_rows_of_an_earlier_release_come_through_an_upgrade(
    database: Database,
) -> None:
    """The first release's tables, and a correction that it stored."""
    Path(str(database.engine.url.database)).parent.mkdir()
    engine = create_engine(database.engine.url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(ROOT / "feedback/migrations"))
        command.upgrade(config, "0001")
        row = {**vars(sent()), "created": NOON, "state": ACCEPTED}
        connection.execute(insert(corrections).values(row))
    engine.dispose()
    with pytest.raises(SchemaBehind, match="at 0001"):
        count(database)
    database.migrate()
    with database.reading() as connection:
        found = find(connection, 1)
    assert (found.label, found.pixels, found.created) == ("1", stroke(0), NOON)


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE {VERSION_TABLE} SET version_num = '0000'",
        f"DELETE FROM {VERSION_TABLE}",
        f"DROP TABLE {VERSION_TABLE}",
    ],
)
def test_tables_of_another_release_are_refused(
    database: Database, tmp_path: Path, change: str
) -> None:
    database.migrate()
    with (
        closing(sqlite3.connect(tmp_path / "state" / "digits.db")) as connection,
        connection,
    ):
        connection.execute(change)
    with pytest.raises(SchemaBehind, match="python -m feedback migrate"):
        count(database)
    with pytest.raises(SchemaBehind):
        note(database)


def test_block_that_raises_writes_nothing(database: Database) -> None:
    good = {"started": NOON, "state": "failed"}
    bad = good | {"state": None}
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(insert(runs), [good, bad])
    assert count(database) == 0


def test_moments_come_back_in_utc(database: Database) -> None:
    summer = timezone(timedelta(hours=2))
    note(database, at=datetime(2026, 7, 1, 2, 30, tzinfo=summer))
    with database.reading() as connection:
        found = connection.scalar(select(runs.c.started))
    assert found == datetime(2026, 7, 1, 0, 30, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_writers_at_once_lose_nothing(database: Database) -> None:
    """Each reads before it writes, as a count of a client's corrections does."""

    def write() -> None:
        for _ in range(10):
            with database.writing() as connection:
                known = connection.scalar(select(func.count()).select_from(runs))
                row = insert(runs).values(state=str(known))
                connection.execute(row)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        states = connection.scalars(select(runs.c.state)).all()
    assert sorted(map(int, states)) == list(range(40))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("what is this", "no address"),
        ("mysql://user:secret@host/name", "neither postgresql nor sqlite"),
        ("sqlite://", "neither postgresql nor sqlite with a file"),
    ],
)
def test_bad_address_is_refused_in_one_line(
    url: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(BadDatabase, match=reason) as refusal:
        Database.at(url, tmp_path)
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_database_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path,
) -> None:
    database = Database.at("postgresql://digits:secret@127.0.0.1:1/name", tmp_path)
    with pytest.raises(DatabaseAway) as fault, database.reading():
        pass
    assert "127.0.0.1" in str(fault.value)
    assert "secret" not in str(fault.value)
    assert "\n" not in str(fault.value)


def test_state_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    database = Database.at(None, tmp_path / "state")
    with pytest.raises(DatabaseAway):
        note(database)


MOUNTS = """\
21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
22 21 0:40 / /srv rw shared:2 - nfs4 host:/srv rw
23 22 8:2 / /srv/local rw - xfs /dev/sdb1 rw
24 21 0:41 / /mnt/a\\040b rw - fuse.sshfs host: rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/digits.db", None),
        ("/srv/digits.db", "nfs4"),
        ("/srv/local/digits.db", None),
        ("/srvs/digits.db", None),
        ("/mnt/a b/digits.db", "fuse.sshfs"),
    ],
)
def test_network_file_systems_are_known_by_their_mounts(
    tmp_path: Path, path: str, kind: str | None
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert network_file_system(Path(path), mounts) == kind


def test_system_without_mountinfo_is_believed(tmp_path: Path) -> None:
    assert network_file_system(tmp_path, tmp_path / "none") is None
