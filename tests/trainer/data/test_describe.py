"""data describe and data export: what a set holds, and the same set as CSV files."""

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from tests.support.commands import Place
from tests.trainer.csv_files import Rows
from trainer.data.dataset import Dataset
from trainer.data.describe import description, picture, show
from trainer.data.mnist_csv import read_csv
from trainer.data.source import Digits


@pytest.fixture
def files(train_csv: Path, test_csv: Path) -> tuple[object, ...]:
    return ("--train", train_csv, "--test", test_csv)


def test_description_counts_rows_labels_and_targets(
    place: Place, files: tuple[object, ...], train_csv: Path, test_csv: Path
) -> None:
    document = place.json("trainer", "data", "describe", *files)
    assert document["source"] == "mnist"
    for name, path in (("train", train_csv), ("test", test_csv)):
        rows = read_csv(path)
        described = document[name]
        assert described["file"] == path.name
        assert described["rows"] == described["target_total"] == len(rows)
        assert described["sha256"] == rows.sha256
        counts = [int((rows.labels == label).sum()) for label in range(10)]
        assert described["labels"] == described["target_sums"] == counts
    assert "row" not in document


def test_label_that_does_not_occur_is_counted_as_none(digits: Dataset) -> None:
    sevens = digits.rows(np.flatnonzero(digits.labels == 7))
    described = description(Digits(sevens, sevens, embedded=True))["train"]
    assert described["labels"] == [0, 0, 0, 0, 0, 0, 0, len(sevens), 0, 0]


def test_any_row_can_be_seen(
    place: Place, files: tuple[object, ...], train_csv: Path
) -> None:
    rows = read_csv(train_csv)
    for row in (0, 47):
        shown = place.json("trainer", "data", "describe", *files, "--row", row)["row"]
        assert (shown["row"], shown["label"]) == (row, rows.labels[row])
        assert np.array_equal(np.ravel(shown["pixels"]), rows.pixels[row])
    text = place.run("trainer", "data", "describe", *files, "--row", 47).stdout
    assert f"training row 47, label {rows.labels[47]}\n" in text
    assert picture(rows, 47) in text


def test_row_beyond_the_last_is_refused_by_name(
    place: Place, files: tuple[object, ...]
) -> None:
    line = place.run("trainer", "data", "describe", *files, "--row", 48).error_line()
    assert "the last training row is 47, there is no row 48" in line


def test_chart_has_the_longest_bar_for_the_commonest_label(digits: Dataset) -> None:
    labels = np.array([3] * 4 + [5] * 2 + [8], np.uint8)
    rows = Dataset(digits.pixels[:7], labels, "some.csv", "ab" * 32)
    console = Console(record=True, width=100, file=StringIO())
    show(description(Digits(rows, rows, embedded=True)), console)
    lines = console.export_text().splitlines()
    bars = {line.split()[0]: line.count("█") for line in lines if "█" in line}
    assert bars["3"] == 2 * bars["5"] == 4 * bars["8"] > 0
    assert set(bars) == {"3", "5", "8"}
    assert "7 training rows: some.csv" in lines
    assert "the one-hot targets add up to 7: as many as rows" in lines


def test_targets_that_do_not_add_up_are_told() -> None:
    described = {
        "file": "a", "rows": 3, "sha256": "", "labels": [1] * 10,
        "target_sums": [1] * 10, "target_total": 10,
    }  # fmt: skip
    console = Console(record=True, width=100)
    show({"train": described, "test": described}, console)
    assert "add up to 10: BUT there are 3 rows" in console.export_text()


def test_picture_is_dark_where_the_ink_is() -> None:
    pixels = np.zeros((1, 784), np.uint8)
    pixels[0, [0, 29, 783]] = [255, 128, 60]
    rows = Dataset(pixels, np.zeros(1, np.uint8), "", "")
    lines = picture(rows, 0).split("\n")
    assert [len(line) for line in lines] == [56] * 28
    assert lines[0].rstrip() == "██"
    assert lines[1].rstrip() == "  ▒▒"
    assert lines[27].endswith(" ░░")


def test_exported_digits_are_read_back_the_same(
    place: Place, files: tuple[object, ...], train_csv: Path, test_csv: Path
) -> None:
    out = place.root / "new" / "csv"
    document = place.json("trainer", "data", "export", *files, "--out", out)
    exported = [out / "MNIST_train.csv", out / "MNIST_test.csv"]
    assert document == {"files": [str(path) for path in exported]}
    assert sorted(out.iterdir()) == sorted(exported)
    for path, original in zip(exported, (train_csv, test_csv), strict=True):
        assert path.read_text() == original.read_text()


def test_embedded_set_is_exported_in_mnist_form(place: Place) -> None:
    out = place.root / "csv"
    place.json("trainer", "data", "export", "--data", "embedded", "--out", out)
    assert len(read_csv(out / "MNIST_train.csv")) == 1438
    assert len(read_csv(out / "MNIST_test.csv")) == 359


def test_small_sets_are_the_first_rows_of_each(
    place: Place, files: tuple[object, ...], train_csv: Path, test_csv: Path
) -> None:
    out = place.root / "small"
    place.json("trainer", "data", "export", *files, "--rows", 10, "--out", out)
    for name, original in (("train", train_csv), ("test", test_csv)):
        lines = (out / f"MNIST_{name}_10.csv").read_text().splitlines()
        assert lines == original.read_text().splitlines()[:10]


def test_sample_digits_are_pictures_that_hold_the_same_pixels(
    place: Place, files: tuple[object, ...], test_csv: Path
) -> None:
    out = place.root / "png"
    arguments = ("data", "export", *files, "--png", "--out", out)
    document = place.json("trainer", *arguments)
    rows = read_csv(test_csv)
    assert len(document["files"]) == 10
    for row, path in enumerate(document["files"]):
        assert Path(path).name == f"row_{row:04d}_label_{rows.labels[row]}.png"
        with Image.open(path) as picture:
            ink = 255 - np.asarray(picture)
        np.testing.assert_array_equal(ink.ravel(), rows.pixels[row])


@pytest.mark.parametrize("options", [(), ("--png",)])
def test_export_of_more_rows_than_there_are_is_refused(
    place: Place, files: tuple[object, ...], options: tuple[str, ...]
) -> None:
    out = place.root / "out"
    arguments = ("data", "export", *files, *options, "--rows", 13, "--out", out)
    line = place.run("trainer", *arguments).error_line()
    assert "test.csv: it has 12 rows for this, not 13" in line
    assert not out.exists()


def test_export_overwrites_nothing(
    place: Place, files: tuple[object, ...], rows: Rows
) -> None:
    place.data.mkdir()
    theirs = place.data / "MNIST_test.csv"
    theirs.write_text("theirs")
    run = place.run("trainer", "data", "export", *files, "--out", place.data)
    assert f"{theirs}: it exists already" in run.error_line()
    assert theirs.read_text() == "theirs"
    assert [path.name for path in place.data.iterdir()] == [theirs.name]


def test_export_that_cannot_be_written_is_one_line(
    place: Place, files: tuple[object, ...]
) -> None:
    (place.root / "file").touch()
    out = place.root / "file" / "below"
    run = place.run("trainer", "data", "export", *files, "--out", out)
    assert f"{out}: Not a directory" in run.error_line()
