"""A service under load while it is disturbed, and what is claimed of its answers."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.load.counters import answered, counters, predictions, scrape
from benchmarks.load.disturbances import Kill, Log, Plan, begin
from benchmarks.load.local_service import LocalService, random_network, serving
from benchmarks.load.paced_load import PacedLoad
from benchmarks.load.questions import Questions
from benchmarks.load.tally import Failure, Tally
from model_store import Network


@dataclass
class Ordeal:
    """A running service, the load on it, and all that has happened so far."""

    service: LocalService
    networks: list[Network]
    load: PacedLoad
    tallies: list[Tally] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)

    def peak(self, seconds: float) -> float:
        """Answers a second, if each connection asks again as soon as it may."""
        self.tallies.append(self.load.run(seconds))
        return self.tallies[-1].rate

    def bear(self, rate: float, plan: Plan) -> tuple[Tally, Log]:
        """Load it at that rate while it is disturbed as planned."""
        disturbed = begin(self.service, self.networks, plan)
        self.tallies.append(self.load.run(plan.seconds, rate))
        log = disturbed.result()
        self.kills.extend(log.kills)
        return self.tallies[-1], log

    @property
    def answers(self) -> int:
        """How many requests were answered, by whatever status."""
        return sum(tally.statuses.total() for tally in self.tallies)

    @property
    def refused(self) -> int:
        """How many answers had another status than 200."""
        return self.answers - sum(tally.statuses[200] for tally in self.tallies)

    @property
    def wrong(self) -> list[bytes]:
        """The answers that are not what their version says of their picture."""
        return [body for tally in self.tallies for body in tally.wrong]

    def lost(self) -> tuple[list[Failure], list[Failure]]:
        """The requests without an answer: in flight on a killed worker, and others."""
        failures = [failure for tally in self.tallies for failure in tally.failures]
        excused = [f for f in failures if any(_in_flight(f, k) for k in self.kills)]
        return excused, [f for f in failures if f not in excused]

    def counted(self) -> list["Count"]:
        """The service's counters beside the load generator's."""
        found, ours = counters(scrape(self.service.port)), Counter[int]()
        for tally in self.tallies:
            for (label, _), times in tally.predictions.items():
                ours[label] += times
        theirs, uncertain = predictions(found), len(self.lost()[0])
        right = self.answers - self.refused
        return [
            Count("digits_http_requests_total", right, answered(found), uncertain),
            Count("digits_predictions_total", ours.total(), theirs.total(), uncertain),
            *(
                Count(f"  of label {key}", *pair, uncertain)
                for key in ours | theirs
                if (pair := (ours[key], theirs[key]))
            ),
        ]


@dataclass(frozen=True)
class Count:
    """A counter as the load generator and the service have it.

    Attributes:
        uncertain: requests in flight on a killed worker, which may or may not count.
    """

    name: str
    ours: int
    theirs: int
    uncertain: int

    @property
    def exact(self) -> bool:
        """Whether they differ by nothing else than those."""
        return 0 <= self.theirs - self.ours <= self.uncertain


@contextlib.contextmanager
def ordeal() -> Iterator[Ordeal]:
    """A ready service of two workers under no load yet, and two models for it."""
    networks = [random_network(seed) for seed in range(2)]
    questions = Questions(networks)
    with (
        serving(networks[0]) as service,
        contextlib.closing(PacedLoad(service.port, questions)) as load,
    ):
        yield Ordeal(service, networks, load)


def _in_flight(failure: Failure, kill: Kill) -> bool:
    return failure.sent_at <= kill.gone_at and failure.failed_at >= kill.sent_at
