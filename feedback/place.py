"""Where the database is, checked without opening it."""

from pathlib import Path

from feedback.errors import BadDatabase
from feedback.file_systems import network_file_system

ADDRESS = "postgresql://user:password@host/name"  # what one looks like


def database_file(state: Path) -> Path:
    """The SQLite file that is used where no address is given."""
    return state / "digits.db"


def refuse_network(file: Path) -> None:
    """Raises BadDatabase for a SQLite file on a network, where it loses data."""
    if found := network_file_system(file):
        raise BadDatabase(
            f"{file} is on {found}, a network file system, where SQLite loses data;"
            f" put it on a local disk, or give several hosts a PostgreSQL ({ADDRESS})"
        )
