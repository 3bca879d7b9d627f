"""Where a run leaves what it makes, tried before the run begins."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from model_store import ModelStore
from model_store.objects.path import ObjectPath
from model_store.place import StorePath
from trainer.data.corrected import CorrectionSource
from trainer.errors import TrainerError
from trainer.training.checkpoint import Checkpoints


class NotWritable(TrainerError):
    """A directory that a run would write its results to, and cannot.

    Attributes: path.
    """

    def __init__(self, path: StorePath, nearest: Path | None, error: OSError) -> None:
        whose = ""
        if nearest and isinstance(error, PermissionError):
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
    """The model store, the checkpoints of runs that did not end, the corrections."""

    store: ModelStore
    checkpoints: Checkpoints
    corrections: CorrectionSource

    def report(self, model: StorePath) -> StorePath:
        """The directory of the report on a model file, of a version or refused."""
        return self.store.root / "reports" / model.stem

    def refuse_unwritable(self, *others: Path | None) -> None:
        """Raises NotWritable if a run could not leave here what it makes.

        others: more directories that it writes to, such as that of its downloads.
        """
        _try_to_write(self.store.path(1).parent)
        for directory in filter(None, (self.checkpoints.directory, *others)):
            _try_to_write(directory)


def _try_to_write(directory: StorePath) -> None:
    """A directory that does not exist is tried where it would be made."""
    if isinstance(directory, ObjectPath):
        try:
            directory.objects.bucket.prove()
        except OSError as error:
            raise NotWritable(directory, None, error) from None
        return
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
