"""The lesson's notebooks run from their first cell to their last, as a reader would."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.support.environment import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MNIST = ROOT.parent / "shared" / "data" / "MNIST"  # else the embedded set is read
_LARGEST = 150_000  # bytes: outputs are kept small


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITS_DATA", str(MNIST))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = _read(path)
    NotebookClient(notebook, timeout=300, resources={}).execute(cwd=str(path.parent))
    said = [text for cell in notebook.cells for text in _errors(cell)]
    assert said == []


def _read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def _errors(cell: Any) -> list[str]:
    outputs = cell.get("outputs", [])
    return [output.text for output in outputs if output.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_kept_with_small_outputs(path: Path) -> None:
    notebook = _read(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(bool(cell.outputs) for cell in code) > len(code) / 2
    assert path.stat().st_size < _LARGEST
