"""Under load, while models change and workers die, answers are right and counted."""

from benchmarks.load.disturbances import Plan
from benchmarks.load.ordeal import ordeal

RATE = 100  # so few that any machine bears it


def test_nothing_is_lost_but_what_a_killed_worker_had_in_hand() -> None:
    plan = Plan(24, publish_every_s=1, kill_every_s=10, scrape_every_s=1)
    with ordeal() as service:
        tally, log = service.bear(RATE, plan)
        excused, others = service.lost()
        assert [count for count in service.counted() if not count.exact] == []
    assert (service.wrong, service.refused, others) == ([], 0, [])
    assert service.answers + len(excused) == RATE * plan.seconds
    assert len({version for _, version in tally.predictions}) > 2
    assert len(log.kills) == 2
    assert log.fallen == []
