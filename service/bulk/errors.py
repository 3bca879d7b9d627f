"""What can be wrong with a run: one line for the user, and exit 2."""


class BulkError(Exception):
    """A run that cannot begin or go on; the text says why and what to do."""


class NoSource(BulkError):
    """A source is not there or cannot be looked at."""


class OtherJob(BulkError):
    """The parts beside the output belong to another run."""


class SchedulerGone(BulkError):
    """The scheduler cannot be reached, or went away."""


class UnfitCluster(BulkError):
    """The scheduler or a worker lacks the program or the model, or there is none."""


class NoModel(BulkError):
    """A worker does not find the version that the run scores with."""


class BucketAway(BulkError):
    """A bucket does not answer, or cannot answer now; it may later."""
