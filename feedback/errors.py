"""What can go wrong with the database; every text is one line.

FeedbackError
├── BadDatabase     the address or the place of the database cannot be used at all
├── DatabaseAway    the database does not answer
├── SchemaBehind    its tables are not those of this program
├── UnknownCorrection, WithdrawnCorrection
└── TooManyCorrections
"""


class FeedbackError(Exception):
    """The base of this package's errors."""


class BadDatabase(FeedbackError):
    """An address or a place that no database can be opened at; it holds no password.

    Attributes: reason.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"DIGITS_DATABASE_URL: {reason}")
        self.reason = reason


class DatabaseAway(FeedbackError):
    """The database does not answer, or its file cannot be written.

    Attributes: reason.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database cannot be used: {reason}")
        self.reason = reason


class SchemaBehind(FeedbackError):
    """Tables of another release, or none.

    Attributes: found (None: no tables at all), needed.
    """

    def __init__(self, found: str | None, needed: str) -> None:
        super().__init__(
            f"the database's tables are at {found or 'nothing'}, this program needs"
            f" {needed}: run python -m feedback migrate"
        )
        self.found = found
        self.needed = needed


class UnknownCorrection(FeedbackError):
    """A correction that the database does not hold.

    Attributes: correction, its id.
    """

    def __init__(self, correction: int) -> None:
        super().__init__(f"there is no correction {correction}")
        self.correction = correction


class WithdrawnCorrection(FeedbackError):
    """A correction that was taken back, so that nothing is left to decide on.

    Attributes: correction, its id.
    """

    def __init__(self, correction: int) -> None:
        super().__init__(
            f"correction {correction} was withdrawn: its picture is erased"
        )
        self.correction = correction


class TooManyCorrections(FeedbackError):
    """A client that sends more than is worth keeping for a reviewer.

    Attributes: hourly, how many are kept.
    """

    def __init__(self, hourly: int) -> None:
        super().__init__(f"over {hourly} corrections an hour from this client")
        self.hourly = hourly
