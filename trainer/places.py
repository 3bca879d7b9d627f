"""Where a run leaves what it makes, tried before the run begins."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from model_store import ModelStore
from trainer.errors import TrainerError
from trainer.training.checkpoint import Checkpoints


class NotWritable(TrainerError):
    """A directory that a run would write its results to, and cannot.

    Attributes: path.
    """

    def __init__(self, path: Path, nearest: Path, error: OSError) -> None:
        whose = ""
        if isinstance(error, PermissionError):
            whose = (
                f": {nearest} belongs to uid {nearest.stat().st_uid}, and this program"
                f" runs as uid {os.geteuid()}"
            )
        super().__init__(
            f"{path} cannot be written ({error.strerror}){whose}; nothing was trained"
        )
        self.path = path


@dataclass(frozen=True)
class Places:
    """The model store, and the checkpoints of runs that did not end."""

    store: ModelStore
    checkpoints: Checkpoints

    def report(self, version: int) -> Path:
        """The directory of a version's report."""
        return self.store.root / "reports" / self.store.path(version).stem

    def refuse_unwritable(self, downloads: Path | None) -> None:
        """Raises NotWritable if a run could not leave here what it makes.

        downloads: where it downloads to, None if it does not.
        """
        _try_to_write(self.store.path(1).parent)
        _try_to_write(self.checkpoints.directory)
        if downloads:
            _try_to_write(downloads)


def _try_to_write(directory: Path) -> None:
    """A directory that does not exist is tried where it would be made."""
    nearest = _nearest(directory.absolute())
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(b"a full disk takes not even this")
            file.flush()
    except OSError as error:
        raise NotWritable(directory, nearest, error) from None


def _nearest(path: Path) -> Path:
    """The path itself, or the first directory above it that can be seen."""
    return next(p for p in (path, *path.parents) if os.path.lexists(p))
