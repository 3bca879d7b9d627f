"""What a user of the trainer can get wrong; every text is one line."""

from pathlib import Path


class TrainerError(Exception):
    """The base of the trainer's own errors."""


class DataFault(Exception):
    """What is wrong with a data file; whoever knows its name makes it a BadData."""


class BadData(TrainerError):
    """A data file that cannot be used.

    Attributes: path, reason.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class TooFewRows(TrainerError):
    """Nothing is left to train on, or nothing to test with."""


class OneDigit(TrainerError):
    """All training rows are labelled the same."""


class FetchFailed(TrainerError):
    """MNIST could not be downloaded; no mirror gave what was asked for."""


class BoundUnknown(TrainerError):
    """A bound is asked for on something that cannot be known.

    Attributes: option, missing.
    """

    def __init__(self, option: str, missing: str) -> None:
        super().__init__(f"{option} needs {missing}")
        self.option = option
        self.missing = missing


class Diverged(TrainerError):
    """The cost is no longer a finite number.

    Attributes: epoch.
    """

    def __init__(self, epoch: int, remedy: str) -> None:
        super().__init__(
            f"the cost is not finite in epoch {epoch}: nothing was published; {remedy}"
        )
        self.epoch = epoch


class BadDatabase(TrainerError):
    """A database that a study cannot be opened in; the text holds no password.

    Attributes: reason.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"DIGITS_DATABASE_URL or --database-url: {reason}")
        self.reason = reason


class DatabaseGone(TrainerError):
    """The study's database went away and did not come back."""

    def __init__(self) -> None:
        super().__init__(
            "the study's database does not answer any more; the same command goes on"
            " with the study once it does"
        )
