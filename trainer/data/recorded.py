"""The test rows of a stored version: those that one names, else those it recorded."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from model_store import Model
from trainer.data.choice import DataChoice
from trainer.data.dataset import Dataset, with_fifth
from trainer.data.embedded import NAME as EMBEDDED
from trainer.data.embedded import read_embedded
from trainer.data.mnist_csv import read_csv
from trainer.data.source import load
from trainer.errors import TrainerError

RECORDED = "recorded"


class NoTestRows(TrainerError):
    """The rows that a version was tested with are not at hand.

    Attributes: version, reason.
    """

    def __init__(self, version: int, reason: str) -> None:
        super().__init__(
            f"version {version} cannot be tested as it was: {reason}; name the test"
            " rows with --test FILE or --data"
        )
        self.version = version
        self.reason = reason


def test_rows(choice: DataChoice, model: Model, say: Callable[[str], None]) -> Dataset:
    """The rows to test a version with. Raises BadData, TooFewRows, NoTestRows."""
    if choice.test:
        return read_csv(choice.test, say=say)
    if choice.data != RECORDED:
        return load(choice, say).test
    return _recorded(model, choice.directory)


def _recorded(model: Model, directory: Path) -> Dataset:
    data = model.card.data
    train, test = _section(data, "train"), _section(data, "test")
    name = test.get("file")
    if not isinstance(name, str):
        raise NoTestRows(model.version, "its metadata names no test file")
    if name == EMBEDDED:
        rows = read_embedded()
    else:
        rows = read_csv(_file(model.version, name, directory))
    if test.get("sha256") == train.get("sha256"):
        rows = with_fifth(rows)[1]  # of one file, a fifth was held out
    if rows.to_dict() != test:
        raise NoTestRows(model.version, f"{name} is not the file that it was")
    return rows


def _section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = data.get(name)
    return section if isinstance(section, Mapping) else {}


def _file(version: int, name: str, directory: Path) -> Path:
    """Where the trainer looks for MNIST; the metadata holds no directory."""
    for place in (directory, directory / "MNIST", Path()):
        path = place / Path(name).name
        if path.is_file():
            return path
    raise NoTestRows(version, f"{Path(name).name} is not in {directory}")
