"""python -m feedback: what waits, what is decided, and what others get."""

import base64
import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from feedback.__main__ import main
from feedback.corrections.submission import submit
from feedback.database import Database
from feedback.place import database_file
from tests.feedback.samples import NOON, sent, stroke
from tests.support.environment import ROOT


@pytest.fixture
def three(database: Database) -> Database:
    """Corrections 1 to 3 of a 7: to a 1, to a 2, and to no digit, which is odd."""
    with database.writing() as connection:
        for number, label in enumerate(("1", "2", "none")):
            panel = (0.2, 0.5, 0.0)[number]
            submit(connection, sent(number, label=label, panel=panel), NOON, False)
    return database


def invoke(tmp_path: Path, *arguments: object) -> Result:
    command = [*map(str, arguments), "--state", str(tmp_path / "state")]
    return CliRunner().invoke(main, command, standalone_mode=False)


def printed(tmp_path: Path, *arguments: object) -> dict[str, Any]:
    result = invoke(tmp_path, *arguments, "--json")
    assert result.exception is None
    document: dict[str, Any] = json.loads(result.output)
    return document


def ids(document: dict[str, Any]) -> list[int]:
    return [correction["id"] for correction in document["corrections"]]


@pytest.mark.usefixtures("three")
def test_list_shows_what_waits_the_likeliest_first(tmp_path: Path) -> None:
    assert ids(printed(tmp_path, "list")) == [2, 1, 3]
    assert ids(printed(tmp_path, "list", "--only", "quarantined")) == [3]
    lines = invoke(tmp_path, "list").output.splitlines()
    assert "7 -> 2" in lines[0]
    assert "no version thinks it likely" in lines[2]


def test_list_of_nothing_says_so(tmp_path: Path) -> None:
    assert "no corrections" in invoke(tmp_path, "list").output


@pytest.mark.usefixtures("three")
def test_decisions_are_made_and_changed(tmp_path: Path) -> None:
    assert ids(printed(tmp_path, "accept", 1, 2)) == [1, 2]
    assert ids(printed(tmp_path, "reject", 2)) == [2]
    [relabelled] = printed(tmp_path, "accept", 3, "--label", "5")["corrections"]
    assert (relabelled["label"], relabelled["given"]) == (5, "none")
    assert ids(printed(tmp_path, "list", "--only", "accepted")) == [1, 3]


@pytest.mark.usefixtures("three")
def test_withdrawn_correction_is_exported_no_more(tmp_path: Path) -> None:
    printed(tmp_path, "accept", 1, 2)
    [gone] = printed(tmp_path, "withdraw", 1)["corrections"]
    assert (gone["state"], gone["learnt_by"]) == ("withdrawn", [])
    file = tmp_path / "out.csv"
    assert printed(tmp_path, "export", file)["corrections"] == 1


@pytest.mark.usefixtures("three")
def test_export_is_mnist_csv(tmp_path: Path) -> None:
    printed(tmp_path, "accept", 1, 2, 3)
    file = tmp_path / "out.csv"
    printed(tmp_path, "export", file)
    rows = [[*map(int, row)] for row in csv.reader(file.read_text().splitlines())]
    assert [row[0] for row in rows] == [2, 1]  # what is no digit has no line
    assert bytes(rows[1][1:]) == stroke(0)


@pytest.mark.usefixtures("three")
def test_export_is_label_studio_json(tmp_path: Path) -> None:
    printed(tmp_path, "accept", 3)
    file = tmp_path / "out.json"
    printed(tmp_path, "export", file)
    [task] = json.loads(file.read_text())
    [annotation], [prediction] = task["annotations"], task["predictions"]
    assert annotation["result"][0]["value"]["choices"] == ["none"]
    assert prediction["result"][0]["value"]["choices"] == ["7"]
    png = base64.b64decode(task["data"]["image"].partition(",")[2])
    with Image.open(io.BytesIO(png)) as image:
        assert image.tobytes() == stroke(2)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("accept", "9"), "no correction 9"),
        (("export", "corrections.txt"), "neither in .csv nor in .json"),
        (("list", "--database-url", "mysql://x:secret@y/z"), "DIGITS_DATABASE_URL"),
    ],
)
def test_mistakes_are_told_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    result = invoke(tmp_path, *arguments)
    text = str(result.exception)
    assert reason in text
    assert "\n" not in text
    assert "secret" not in text


def test_migrate_makes_the_tables(tmp_path: Path) -> None:
    assert printed(tmp_path, "migrate") == printed(tmp_path, "migrate")
    assert (tmp_path / "state" / "digits.db").exists()


def test_copy_made_while_it_is_written_to_is_restored(
    three: Database, tmp_path: Path
) -> None:
    file, copy = database_file(tmp_path / "state"), tmp_path / "copy.db"
    before = printed(tmp_path, "list")
    [program] = re.findall("python -c '(.*)'", (ROOT / "docs/backup.md").read_text())
    with three.writing() as connection:
        submit(connection, sent(4, label="4"), NOON, False)  # not committed yet
        subprocess.run([sys.executable, "-c", program, file, copy], check=True)
    assert printed(tmp_path, "list") != before
    three.close()
    shutil.rmtree(file.parent)
    file.parent.mkdir()
    copy.rename(file)
    assert printed(tmp_path, "list") == before
