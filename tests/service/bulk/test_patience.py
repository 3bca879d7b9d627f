"""A bucket that does not answer is asked again for minutes, and that is said."""

import pytest

from service.bulk.errors import BucketAway
from service.bulk.patience import Patience


class Bucket:
    """One that fails so many times; each takes so many seconds."""

    def __init__(self, failures: int, seconds: float) -> None:
        self.failures, self.seconds = failures, seconds
        self.now = 0.0

    def ask(self) -> str:
        self.now += self.seconds
        self.failures -= 1
        if self.failures >= 0:
            raise BucketAway("s3://digits does not answer")
        return "answer"


@pytest.fixture
def told() -> list[str]:
    """What the user was told."""
    return []


def test_outage_of_minutes_is_waited_for(told: list[str]) -> None:
    bucket = Bucket(failures=28, seconds=10)
    patience = Patience(lambda: bucket.now, told.append)
    assert patience.until_answered(bucket.ask) == "answer"
    assert told == [
        "s3://digits does not answer; it is asked again for 5 minutes",
        "it answers again",
    ]


def test_longer_outage_ends_the_run_and_says_how_to_go_on(told: list[str]) -> None:
    bucket = Bucket(failures=10**6, seconds=10)
    with pytest.raises(BucketAway, match="for 5 minutes now; what is done is kept"):
        Patience(lambda: bucket.now, told.append).until_answered(bucket.ask)
    assert 300 < bucket.now < 330


def test_each_outage_has_minutes_of_its_own(told: list[str]) -> None:
    bucket = Bucket(failures=0, seconds=10)
    patience = Patience(lambda: bucket.now, told.append)
    for _ in range(3):
        bucket.failures = 20
        assert patience.until_answered(bucket.ask) == "answer"
