"""A run that was stopped, as one .npz file to go on from."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.errors import StoreUnavailable
from model_store.files.arrays import Refused, read_arrays, refusing_damage, text_of
from model_store.files.npz import MAX_BYTES
from model_store.files.whole_file import whole_file
from trainer.errors import TrainerError

_FORMAT = 2
_MAX_BYTES = 3 * MAX_BYTES  # a network, its velocities and the order of the rows
_TYPES: Mapping[str, type] = {
    "facts": dict,
    "rows_done": int,
    "seconds": float,
    "spent": dict,
    "state": dict,
}


class BrokenCheckpoint(TrainerError):
    """A file that no run can go on from.

    Attributes: path, reason.
    """

    def __init__(self, path: Path | None, reason: str) -> None:
        super().__init__(
            f"{path} is not a checkpoint: {reason}; remove it, or leave --resume out"
        )
        self.path = path
        self.reason = reason


class OtherRun(TrainerError):
    """A checkpoint of a run that is not the one asked for.

    Attributes: path, name (of the first fact that differs), there, here.
    """

    def __init__(
        self, path: Path | None, name: str, there: object, here: object
    ) -> None:
        super().__init__(
            f"{path} is a checkpoint of another run: {name} is {there} there and"
            f" {here} here; give that run's options, or leave --resume out"
        )
        self.path = path
        self.name = name
        self.there = there
        self.here = here


@dataclass(frozen=True)
class Checkpoint:
    """A run between two batches.

    Attributes:
        facts: what the run is: settings, data, bounds. Another run cannot go on.
        rows_done: of all epochs.
        seconds: of wall time that the bounds count.
        spent: seconds, cpu_seconds and joules of each phase.
        state: what TrainingState.to_dict() holds.
        arrays: what TrainingState.arrays() holds.
        path: its file, or the one that its run began from, None without one.
    """

    facts: Mapping[str, Any]
    rows_done: int
    seconds: float
    spent: Mapping[str, Mapping[str, float | None]]
    state: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]] = field(repr=False)
    path: Path | None = None

    def to_bytes(self) -> bytes:
        """The content of its file."""
        document = {name: getattr(self, name) for name in _TYPES}
        document["format"] = _FORMAT
        file = io.BytesIO()
        arrays: dict[str, Any] = {"run": np.array(json.dumps(document)), **self.arrays}
        np.savez(file, **arrays)
        return file.getvalue()

    def refuse_other(self, facts: Mapping[str, Any]) -> None:
        """Raises OtherRun with the first fact that differs; theirs may know more."""
        for name, here in facts.items():
            there = self.facts.get(name)
            if there != here:
                raise OtherRun(self.path, name, there, here)


def read(path: Path) -> Checkpoint:
    """Read a checkpoint file, unpickling nothing.

    Raises BrokenCheckpoint, StoreUnavailable.
    """
    try:
        arrays = read_arrays(path, _MAX_BYTES)
        with refusing_damage():
            document = json.loads(text_of(arrays.pop("run"), "run"))
            if document.pop("format") != _FORMAT:
                raise Refused(f"it is not of format {_FORMAT}")
            if {name: type(value) for name, value in document.items()} != _TYPES:
                raise Refused("it does not hold what a checkpoint of its format holds")
            return Checkpoint(**document, arrays=arrays, path=path)
    except Refused as error:
        raise BrokenCheckpoint(path, str(error)) from None
    except OSError as error:
        raise StoreUnavailable(path, error) from None


class Checkpoints:
    """The checkpoints in a directory, each named by the moment of its run's stop."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def paths(self) -> list[Path]:
        """Their files, the newest first. Raises StoreUnavailable."""
        try:
            return sorted(self.directory.glob("2*Z.npz"), reverse=True)
        except OSError as error:
            raise StoreUnavailable(self.directory, error) from None

    def find(self, facts: Mapping[str, Any]) -> Checkpoint | None:
        """The newest checkpoint of the run that these facts describe.

        None if there is no checkpoint at all. Raises OtherRun (told of the newest) if
        there are only other runs', BrokenCheckpoint, StoreUnavailable.
        """
        others: list[OtherRun] = []
        for path in self.paths():
            checkpoint = read(path)
            try:
                checkpoint.refuse_other(facts)
            except OtherRun as other:
                others.append(other)
            else:
                return checkpoint
        if others:
            raise others[0]
        return None

    def save(self, checkpoint: Checkpoint, now: datetime) -> Path:
        """Write a checkpoint whole, then remove the one that its run began from.

        Raises StoreUnavailable; an older one is then still there.
        """
        path = self.directory / f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.npz"
        with whole_file(path) as file:
            file.write(checkpoint.to_bytes())
        self.remove(checkpoint.path)
        return path

    def remove(self, path: Path | None) -> None:
        """Remove a checkpoint that is no longer needed. Raises StoreUnavailable."""
        try:
            if path:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(path or self.directory, error) from None
