"""Sources are cut into the same parts each time, and every picture is in one part."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from service.bulk import archives
from service.bulk.archives import PICTURES_A_PART, ROWS_A_PART
from service.bulk.errors import NoSource
from service.bulk.pictures import Fault, Picture, pictures_of
from service.bulk.sources import Part, parts_of


def cut(*sources: Path) -> list[Part]:
    return parts_of([*map(str, sources)], without="no-such-file")


def test_folder_is_cut_in_the_order_of_its_names(tmp_path: Path) -> None:
    names = [f"{number:04d}.png" for number in range(PICTURES_A_PART + 1)]
    for name in reversed(names):
        (tmp_path / name).touch()
    first, second = cut(tmp_path)
    assert [Path(path).name for path in first.paths + second.paths] == names
    assert len(second.paths) == 1
    assert cut(tmp_path) == [first, second]


def test_archives_in_a_folder_are_looked_into_and_hidden_files_are_not(
    tmp_path: Path,
) -> None:
    for name in (".DS_Store", "a.png", "b.tar.gz", "c/d.csv", "__MACOSX/x.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert [part.kind for part in cut(tmp_path)] == ["files", "tar", "csv"]


def test_zip_of_many_members_is_cut_by_its_members(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(PICTURES_A_PART + 1):
            archive.writestr(f"{number}.png", b"")
    ranges = [part.span[:2] for part in cut(path)]
    assert ranges == [(0, PICTURES_A_PART), (PICTURES_A_PART, PICTURES_A_PART + 1)]


@pytest.mark.parametrize("name", ["many.tar", "many.tar.gz", "many.tar.xz", "odd.tgz"])
def test_tar_of_many_members_is_cut_and_each_is_in_one_part(
    tmp_path: Path, name: str
) -> None:
    names = [f"{'long/' * 30}{number}.png" for number in range(2 * PICTURES_A_PART + 1)]
    write_tar(tmp_path / name, names)
    parts = cut(tmp_path / name)
    assert len(parts) == 3
    found = [picture for part in parts for picture in pictures_of(part)]
    contents = [getattr(picture, "content", None) for picture in found]
    assert contents == [*map(str.encode, names)]


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
@pytest.mark.parametrize("titles", [b"", b"label," + b"pixel," * 784 + b"\n"])
def test_csv_of_many_rows_is_cut_and_each_is_in_one_part(
    tmp_path: Path, name: str, titles: bytes
) -> None:
    rows = [
        b",".join([b"%d" % (number >> 8), b"%d" % (number % 256), *[b"0"] * 782])
        for number in range(ROWS_A_PART + 1)
    ]
    content = titles + b"\n".join(rows)
    packed = name.endswith(".gz")
    (tmp_path / name).write_bytes(gzip.compress(content, 1) if packed else content)
    parts = cut(tmp_path / name)
    assert len(parts) == 2
    found = [picture for part in parts for picture in pictures_of(part)]
    numbers = [
        int.from_bytes(picture.content[:2])
        for picture in found
        if isinstance(picture, Picture)
    ]
    assert numbers == [*range(len(rows))]
    first = 2 if titles else 1
    assert [int(x.source.rpartition("#")[2]) for x in found] == [
        *range(first, first + len(rows))
    ]


def test_packed_csv_is_cut_into_few_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "ROWS_A_PART", 3)
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(b"0\n" * 100))
    parts = cut(tmp_path / "rows.csv.gz")
    assert len(parts) == 12
    found = [fault.source for part in parts for fault in pictures_of(part)]
    assert found == [f"{tmp_path}/rows.csv.gz#{number}" for number in range(1, 101)]


def test_truncated_tar_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    write_tar(path := tmp_path / "short.tar", [str(k) for k in range(510)])
    path.write_bytes(path.read_bytes()[: 504 * 1024 + 513])
    found = [picture for part in cut(path) for picture in pictures_of(part)]
    pictures = [picture for picture in found if isinstance(picture, Picture)]
    assert len(pictures) == 504
    assert isinstance(found[-1], Fault)


def write_tar(path: Path, names: list[str]) -> None:
    """An archive whose members hold their own names; packed as its name says."""
    modes = {".tar": "w", ".gz": "w:gz", ".tgz": "w:gz", ".xz": "w:xz"}
    with tarfile.open(path, modes[path.suffix]) as archive:  # type: ignore[call-overload]
        for name in names:
            (header := tarfile.TarInfo(name)).size = len(name)
            archive.addfile(header, io.BytesIO(name.encode()))


def test_table_of_an_earlier_run_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    (out := tmp_path / "labels.csv").touch()
    assert len(parts_of([str(tmp_path)], without=str(out))) == 1


def test_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSource, match=r"nothing-here.*no such file"):
        cut(tmp_path / "nothing-here")
