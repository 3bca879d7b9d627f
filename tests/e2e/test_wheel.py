"""The wheel, installed where the repository is not: it trains, serves and predicts.

With the locked versions, and with the lowest that pyproject.toml allows.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import digits
from tests.support.documents import code_blocks
from tests.support.environment import ROOT
from tests.support.installation import Installation
from tests.support.waiting import wait_until

PACKAGES = ("model_store", "energy", "feedback", "trainer", "service")
EXTRAS = ("--extra", "service", "--extra", "trainer", "--extra", "otel")
UV = Path(sys.executable).with_name("uv")
IMPORT_ALL = f"""
import importlib, pkgutil
for package in {PACKAGES}:
    path = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(path, package + "."):
        # What needs the extra bulk is driven by its own tests.
        without = (".__main__", ".migrations.env", ".bulk.cluster", ".bulk.job")
        if not module.name.endswith(without):
            importlib.import_module(module.name)
"""


def run(*command: object, cwd: Path = ROOT) -> None:
    finished = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, so that one is whole, too."""
    source = tmp_path_factory.mktemp("source")
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package)
    run(UV, "build", "--out-dir", source / "dist", source)
    [wheel] = (source / "dist").glob("*.whl")
    return wheel


def locked(python: Path, wheel: Path) -> None:
    """As with pip: the wheel, and what it asks for within the locked versions."""
    wanted = f"digits[service,trainer,otel] @ {wheel.as_uri()}"
    lock = ROOT / "requirements" / "dev.txt"
    run(UV, "pip", "install", "--python", python, "--constraint", lock, wanted)


def lowest(python: Path, wheel: Path) -> None:
    """Of each package that pyproject.toml names, the lowest version that it allows."""
    install = (UV, "pip", "install", "--python", python)
    asked = ("--requirement", ROOT / "pyproject.toml", *EXTRAS)
    run(*install, "--resolution", "lowest-direct", *asked)
    run(*install, "--no-deps", wheel)


@pytest.mark.parametrize("install", [locked, lowest])
def test_wheel_trains_serves_and_predicts_elsewhere(
    wheel: Path, tmp_path: Path, install: Callable[[Path, Path], None]
) -> None:
    run(UV, "venv", "--python", sys.executable, tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    install(python, wheel)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(python, "-c", IMPORT_ALL, cwd=elsewhere)

    for code in code_blocks("docs/python.md", "python"):
        run(python, "-c", code, cwd=elsewhere)

    place = Installation(tmp_path, interpreter=python, directory=elsewhere)
    training = place.run("trainer", "train", "--data", "embedded", "--max-seconds", "5")
    assert training.returncode == 0, training.stderr
    with place.serving() as service:
        wait_until("the service is ready", service.is_ready)
        answer = service.predict(digits.picture(3)).json()
        assert answer["model"] == {"version": 1}
        for path in ("/", "/docs", "/openapi.json", "/static/x/page.css", "/metrics"):
            assert service.get(path).ok, path


def test_locked_requirements_are_those_of_pyproject(tmp_path: Path) -> None:
    for file in ("pyproject.toml", "Makefile"):
        shutil.copy(ROOT / file, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    # A locked version stays if pyproject.toml allows it, whatever is new on the index.
    run("make", "--old-file=.venv/dev", "lock", f"BIN={UV.parent}", cwd=tmp_path)
    for lock in (ROOT / "requirements").iterdir():
        assert lock.read_text() == (tmp_path / "requirements" / lock.name).read_text()
