"""A temporary disk that is full, at the start and later: predictions go on."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until


@pytest.fixture(params=["tmpfs", "ext4"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file system of a few MiB: in memory, or an image of a disk."""
    disk, image = tmp_path / "small", tmp_path / "image"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if request.param == "ext4":
        with image.open("wb") as file:
            file.truncate(8 * 2**20)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", str(image)], check=True)
        mounting = ["mount", "-o", "loop", str(image), str(disk)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False).returncode:
        pytest.skip("a file system can only be mounted by root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _fill(disk: Path) -> Path:
    path = disk / "fill"
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return path
    raise AssertionError


def test_disk_that_fills_costs_counts_and_nothing_else(
    trained: Installation, small_disk: Path
) -> None:
    settings = {"TMPDIR": str(small_disk), "DIGITS_RATE_LIMIT": "1000000/second"}
    with trained.serving(**settings) as service:
        wait_until("the service is ready", service.is_ready)
        wait_until("both workers are there", lambda: len(service.workers()) == 2)
        filling = _fill(small_disk)
        workers = service.workers()
        for label in range(10):
            assert service.predict(digits.picture(label)).ok
            assert service.get(f"/models/{label}").status_code in {200, 404}
        assert service.get("/metrics").ok
        assert service.workers() == workers
        service.renew_workers()
        workers = service.workers()
        assert service.predict(digits.picture(7)).ok
        assert service.get("/metrics").ok
        filling.unlink()
        wait_until("predictions are counted again", lambda: _counts(service))
        assert service.workers() == workers
    assert "metrics are incomplete" in trained.log()
    assert "Traceback" not in trained.log()


def _counts(service: Service) -> bool:
    """Whether a prediction is counted at once."""

    def counted() -> str:
        lines = service.get("/metrics").text.splitlines()
        return "".join(li for li in lines if li.startswith("digits_predictions_total"))

    before = counted()
    assert service.predict(digits.picture(7)).ok
    return counted() != before


def test_service_starts_on_a_full_disk(trained: Installation, small_disk: Path) -> None:
    _fill(small_disk)
    with trained.serving(TMPDIR=str(small_disk)) as service:
        wait_until("the service is ready", service.is_ready)
        assert service.predict(digits.picture(7)).ok
