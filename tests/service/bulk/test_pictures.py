"""Every picture of an archive comes out once; what is broken is named, and no end."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from service.bulk import pictures
from service.bulk.pictures import Fault, Picture, pictures_of
from service.bulk.sources import Part, parts_of
from tests.support import digits

CONTENT = digits.picture(7)
ROW = ",".join(map(str, range(200))) + ",0" * 584


def read(source: Path) -> list[Picture | Fault]:
    parts = parts_of([str(source)], without="no-such-file")
    return [found for part in parts for found in pictures_of(part)]


def names(found: list[Picture | Fault]) -> list[str]:
    return [Path(each.source).name for each in found]


def as_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("scans")
        archive.writestr("scans/.hidden", b"")
        for number in range(3):
            archive.writestr(f"scans/{number}.png", CONTENT)
    return path


def as_tar(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for number in range(3):
            member = tarfile.TarInfo(f"scans/{number}.png")
            member.size = len(CONTENT)
            archive.addfile(member, io.BytesIO(CONTENT))
    return path


@pytest.mark.parametrize(("make", "name"), [(as_zip, "a.zip"), (as_tar, "a.tar.gz")])
def test_each_member_of_an_archive_is_a_picture(
    tmp_path: Path, make: Callable[[Path], Path], name: str
) -> None:
    found = read(make(tmp_path / name))
    assert names(found) == ["0.png", "1.png", "2.png"]
    assert [each.content for each in found if isinstance(each, Picture)] == [
        CONTENT
    ] * 3


@pytest.mark.parametrize(("make", "name"), [(as_zip, "a.zip"), (as_tar, "a.tar.gz")])
def test_truncated_archive_is_a_fault_after_what_can_be_read(
    tmp_path: Path, make: Callable[[Path], Path], name: str
) -> None:
    path = make(tmp_path / name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    *_, last = read(path)
    assert isinstance(last, Fault)
    assert "cannot be read any further" in last.reason
    assert "\n" not in last.reason


def test_encrypted_member_is_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "a.zip")
    content = bytearray(path.read_bytes())
    name = b"scans/0.png"
    local = content.rindex(b"PK\x03\x04", 0, content.index(name))
    central = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    for flags in (local + 6, central + 8):
        content[flags] |= 1  # "encrypted"
    path.write_bytes(content)
    first, *others = read(path)
    assert isinstance(first, Fault)
    assert "password" in first.reason or "encrypted" in first.reason
    assert len(others) == 2
    assert all(isinstance(each, Picture) for each in others)


def test_member_that_unpacks_to_too_much_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("huge.png", bytes(1001))
    [fault] = read(tmp_path / "a.zip")
    assert isinstance(fault, Fault)
    assert "larger" in fault.reason


def test_each_page_of_a_tiff_is_a_picture(tmp_path: Path) -> None:
    pages = [Image.new("L", (20, 20), shade) for shade in (0, 100, 200)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert names(read(tmp_path / "a.tif")) == ["a.tif#1", "a.tif#2", "a.tif#3"]


def test_page_of_too_many_pixels_is_a_fault_and_the_next_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Image.new("1", (3000, 3000)), Image.new("1", (20, 20))]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    (tmp_path / "b.png").write_bytes(CONTENT)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000_000)
    fault, picture = read(tmp_path)
    assert isinstance(fault, Fault)
    assert "pages cannot be read" in fault.reason
    assert isinstance(picture, Picture)


@pytest.mark.parametrize("label", [False, True])
@pytest.mark.parametrize("header", [False, True])
def test_each_row_of_a_csv_is_pixels(tmp_path: Path, label: bool, header: bool) -> None:
    row = ("7," if label else "") + ROW
    titles = ",".join(f"c{n}" for n in range(784 + label))
    lines = [titles] * header + [row, row]
    with gzip.open(tmp_path / "rows.csv.gz", "wt") as file:
        file.write("\n".join(lines) + "\n")
    found = read(tmp_path / "rows.csv.gz")
    assert len(found) == 2
    for each in found:
        assert isinstance(each, Picture)
        np.testing.assert_array_equal(each.content[:200], np.arange(200))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2,3", "3 values"),
        (ROW.replace("199", "256"), "0 to 255"),
        (ROW.replace("199", "-1"), "0 to 255"),
        (ROW.replace("199", "ink"), "no whole number"),
    ],
)
def test_row_that_is_no_picture_is_a_fault(
    tmp_path: Path, row: str, reason: str
) -> None:
    (tmp_path / "rows.csv").write_text(f"{ROW}\n{row}\n{ROW}\n")
    first, fault, last = read(tmp_path / "rows.csv")
    assert isinstance(fault, Fault)
    assert reason in fault.reason
    assert isinstance(first, Picture)
    assert isinstance(last, Picture)


def test_file_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    [fault] = pictures_of(Part("files", (str(tmp_path / "gone.png"),)))
    assert isinstance(fault, Fault)
    assert "No such file" in fault.reason
