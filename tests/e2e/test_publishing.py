"""Publishing by several processes at once, and by processes that are killed."""

import random
import time

from tests.support import digits
from tests.support.installation import Installation
from tests.support.waiting import ended

PUBLISHER = "tests.e2e.publisher"


def test_concurrent_publishers_never_share_a_number(trained: Installation) -> None:
    publishers = [trained.start(PUBLISHER, 8) for _ in range(4)]
    outputs = [publisher.communicate(timeout=120) for publisher in publishers]
    assert [publisher.returncode for publisher in publishers] == [0] * 4, outputs
    numbers = sorted(int(line) for out, _ in outputs for line in out.splitlines())
    assert numbers == list(range(2, 34))
    assert trained.listed() == list(range(1, 34))


def test_killed_publisher_leaves_no_part_of_a_version(trained: Installation) -> None:
    rng = random.Random(20)
    with trained.serving() as service:
        for _ in range(20):
            _publish_and_kill(trained, rng.uniform(0, 0.05))
            assert trained.run("model_store", "verify").returncode == 0
            assert service.predict(digits.picture(5)).ok
    versions = trained.listed()
    assert versions == list(range(1, len(versions) + 1))
    assert len(versions) > 20
    assert "broken" not in trained.log()


def _publish_and_kill(place: Installation, after_s: float) -> None:
    """Kill -9 a publisher at some moment of its second or a later publication."""
    with ended(publisher := place.start(PUBLISHER, 0)):
        assert publisher.stdout is not None
        assert publisher.stdout.readline().strip().isdigit()
        time.sleep(after_s)
        publisher.kill()
