"""Pictures, archives and tables that lie in a bucket are read from there."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from model_store.objects.bucket import Bucket
from service.bulk.archives import PICTURES_A_PART
from service.bulk.errors import NoSource
from service.bulk.pictures import Fault, Picture, pictures_of
from service.bulk.sources import Part, parts_of
from tests.support.buckets import imitated_bucket

NAMES = [f"{number:04d}.png" for number in range(PICTURES_A_PART + 1)]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket with a folder of pictures, an archive and a table."""
    with imitated_bucket("pictures") as address:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as members:
            for name in NAMES:
                members.writestr(name, name)
        row = ",".join(["0"] * 784).encode()
        objects = {
            "scans/b 1#%.png": b"b",
            "scans/a.png": b"a",
            "scans/.hidden": b"no picture",
            "scans/more/c.png": b"c",
            "many.zip": archive.getvalue(),
            "rows.csv": row + b"\n" + row,
        }
        for key, content in objects.items():
            Bucket(address).put(key, content)
        yield address


def parts(source: str) -> list[Part]:
    return parts_of([source], without="no-such-file")


def found(source: str) -> dict[str, bytes]:
    """What each picture of the source holds, by the name below the source."""
    pictures = [picture for part in parts(source) for picture in pictures_of(part)]
    assert all(isinstance(picture, Picture) for picture in pictures), pictures
    return {
        picture.source.removeprefix(source): bytes(picture.content)
        for picture in pictures
        if isinstance(picture, Picture)
    }


def test_folder_of_a_bucket_is_read_as_a_directory_is(bucket: str) -> None:
    assert found(f"{bucket}/scans") == {
        "/a.png": b"a", "/b 1#%.png": b"b", "/more/c.png": b"c",
    }  # fmt: skip


def test_archive_in_a_bucket_is_cut_and_read_in_place(bucket: str) -> None:
    source = f"{bucket}/many.zip"
    assert len(parts(source)) == 2
    assert found(source) == {f"/{name}": name.encode() for name in NAMES}


def test_table_in_a_bucket_is_read(bucket: str) -> None:
    assert found(f"{bucket}/rows.csv") == {"#1": bytes(784), "#2": bytes(784)}


def test_all_of_a_bucket_is_a_source(bucket: str) -> None:
    names = [PurePosixPath(part.paths[0]).name for part in parts(f"{bucket}/")]
    assert names == ["many.zip", "many.zip", "rows.csv", "a.png"]


@pytest.mark.parametrize("key", ["nothing.png", "nothing/at/all/"])
def test_source_that_is_not_in_the_bucket_is_named(bucket: str, key: str) -> None:
    with pytest.raises(NoSource, match="nothing"):
        parts(f"{bucket}/{key}")


def test_picture_that_is_gone_is_a_fault(bucket: str) -> None:
    gone = f"{bucket}/scans/gone.png"
    assert [*pictures_of(Part("files", (gone,)))] == [
        Fault(gone, "No such file or directory")
    ]
