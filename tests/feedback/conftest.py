"""A database of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.at(None, tmp_path / "state")
    yield opened
    opened.close()
