"""The rules of the house that no single package can hold."""

import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import ROOT

PACKAGES = ("model_store", "energy", "feedback", "trainer", "service")


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    """What `make lint` runs, on the packages in a directory."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_point_one_way() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("service", "trainer"),
        ("trainer", "service"),
        ("model_store", "energy"),
        ("energy", "service"),
        ("feedback", "service"),
        ("feedback", "trainer"),
        ("model_store", "feedback"),
    ],
)
def test_import_the_other_way_fails_the_build(
    tmp_path: Path, importer: str, imported: str
) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    module = tmp_path / importer / "__init__.py"
    module.write_text(f"{module.read_text()}import {imported}\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout
    assert f"{importer} is not allowed to import {imported}" in result.stdout


def test_unit_tests_use_nothing_of_the_end_to_end_tests() -> None:
    end_to_end = ROOT / "tests" / "e2e"
    uses = re.compile(r"^\s*(from|import) tests\.e2e\b", re.M)
    units = {
        path
        for path in (ROOT / "tests").rglob("*.py")
        if not path.is_relative_to(end_to_end)
    }
    assert [path for path in units if uses.search(path.read_text())] == []


def test_inner_names_of_gunicorn_are_used_by_the_server_layer_alone() -> None:
    uses = re.compile(r"^\s*(?:from|import) (gunicorn[\w.]*)", re.M)
    outside = {
        name
        for path in (ROOT / "service").rglob("*.py")
        if not path.is_relative_to(ROOT / "service" / "server")
        for name in uses.findall(path.read_text())
    }
    # What its documentation names: the settings' hooks, and the class of a logger.
    assert outside == {"gunicorn.arbiter", "gunicorn.glogging", "gunicorn.workers.base"}


# Imports every module of the service where these libraries cannot be imported.
SERVICE_ALONE = """
import importlib, pkgutil, sys
for name in {forbidden}:
    sys.modules[name] = None
import service
found = [m.name for m in pkgutil.walk_packages(service.__path__, "service.")]
for name in found:
    importlib.import_module(name)
print(len(found))
"""


def test_service_needs_no_training_library() -> None:
    forbidden = (
        "trainer", "pandas", "sklearn", "scipy", "matplotlib", "numba", "rich", "pooch",
        "cronsim", "optuna",
    )  # fmt: skip
    result = subprocess.run(
        [sys.executable, "-c", SERVICE_ALONE.format(forbidden=forbidden)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    # All but the package itself and gunicorn's settings, whose name is no module's.
    assert int(result.stdout) == len(list((ROOT / "service").rglob("*.py"))) - 2


def test_newest_release_of_the_changelog_is_the_version() -> None:
    """Above it only what is not released yet."""
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    released = [heading for heading in headings if heading != "Unreleased"]
    versions = {
        getattr(importlib.import_module(package), "__version__", released[0])
        for package in PACKAGES
    }
    assert versions == {released[0]}
    assert headings.index(released[0]) <= 1


def locked(file: Path) -> dict[str, list[str]]:
    """The versions of each package; several, if it depends on the Python."""
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^(\S+)==(\S+)", file.read_text(), re.M):
        versions.setdefault(name, []).append(version)
    return versions


@pytest.mark.parametrize(
    "file", sorted((ROOT / "requirements").iterdir()), ids=lambda file: file.stem
)
def test_locks_that_are_installed_together_agree(file: Path) -> None:
    ours, everything = locked(file), locked(ROOT / "requirements" / "dev.txt")
    both = ours.keys() & everything.keys()
    assert both
    assert {name: ours[name] for name in both} == {n: everything[n] for n in both}
