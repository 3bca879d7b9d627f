"""docs/python.md: its code runs as it stands, and it names the whole interface."""

import re
from pathlib import Path

import pytest

import model_store
import trainer
from tests.support.documents import code_blocks
from tests.support.environment import ROOT


@pytest.mark.parametrize("code", code_blocks("docs/python.md", "python"))
def test_code_of_the_page_runs_in_any_directory(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One epoch instead of ten; the end-to-end tests run all of it."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code.replace("in range(10)", "in range(1)"), names)
    assert "result" in names or "store" in names


def test_page_names_the_interface() -> None:
    table = (ROOT / "docs/python.md").read_text().split("## Names")[1]
    assert set(re.findall(r"^\| `trainer\.(\w+)`", table, re.M)) == set(trainer.__all__)
    for name in re.findall(r"^\| `model_store\.(\w+)`", table, re.M):
        assert name in model_store.__all__


@pytest.mark.parametrize("name", trainer.__all__)
def test_every_name_of_the_interface_is_there(name: str) -> None:
    assert getattr(trainer, name)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'forest'"):
        trainer.forest  # noqa: B018
