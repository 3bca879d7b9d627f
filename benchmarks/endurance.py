"""Load near the peak with new models, killed workers and scrapes, and what it shows.

python -m benchmarks.endurance --seconds 600. Exits 1 if one of the claims is not true.
"""

import sys

import click
import numpy as np

from benchmarks.load.disturbances import Log, Plan
from benchmarks.load.ordeal import Count, Ordeal, ordeal
from benchmarks.load.tally import Tally, percentile_ms

_PEAK_S = 10.0
_SHARE = 0.9


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="Of the ordeal.")
def main(seconds: float) -> None:
    """Measure the peak, the swaps of a model, and then everything at once."""
    with ordeal() as service:
        peak = service.peak(_PEAK_S)
        print(f"peak: {peak:.0f} requests/s")
        rate = peak * _SHARE
        calm, _ = service.bear(rate, Plan(seconds / 2, publish_every_s=5))
        _print_latencies("new models only, one each 5 s", calm, rate)
        plan = Plan(seconds, publish_every_s=1, kill_every_s=10, scrape_every_s=1)
        rough, log = service.bear(rate, plan)
        _print_latencies("everything", rough, rate)
        _print_log(log)
        counts = service.counted()
        _print_outcome(service, counts)
        failed = _failed_claims(service, log, counts, calm)
    for claim in failed:
        print(f"NOT SO: {claim}")
    sys.exit(1 if failed else 0)


def _print_latencies(name: str, tally: Tally, rate: float) -> None:
    print(f"{name}: {tally.rate:.0f} requests/s of {rate:.0f} wanted")
    latencies = tally.latencies()
    for which, seconds in (
        ("all", latencies.all),
        ("near a swap", latencies.near_swaps),
        ("away from swaps", latencies.away),
    ):
        print(
            f"  {which:16} {len(seconds):8} answers,"
            f" p50 {percentile_ms(seconds, 50):8.2f} ms,"
            f" p99 {percentile_ms(seconds, 99):8.2f} ms"
        )


def _print_log(log: Log) -> None:
    print(
        f"  {len(log.published)} versions published, {len(log.kills)} workers killed,"
        f" {len(log.scrape_s)} scrapes of {np.median(log.scrape_s) * 1e3:.0f} ms (last"
        f" {log.scrape_s[-1] * 1e3:.0f} ms), {len(log.lost_scrapes)} on a killed worker"
    )
    for scraped in log.memory[:: max(len(log.memory) // 10, 1)]:
        sizes = (f"{m.rss / 1e6:.0f} ({m.pss / 1e6:.0f})" for m in scraped.values())
        print(f"  MB RSS (PSS) of each worker: {', '.join(sizes)}")


def _print_outcome(service: Ordeal, counts: list[Count]) -> None:
    excused, others = service.lost()
    print(
        f"{service.answers} answers in all: {len(service.wrong)} wrong,"
        f" {service.refused} refused; {len(excused)} requests in flight on a killed"
        f" worker, {len(others)} failed otherwise"
    )
    for count in counts[:2]:
        print(
            f"  {count.name}: {count.theirs}, the client's count {count.ours},"
            f" difference {count.theirs - count.ours} of at most {count.uncertain}"
        )


def _failed_claims(
    service: Ordeal, log: Log, counts: list[Count], calm: Tally
) -> list[str]:
    latencies = calm.latencies()
    near, away = (
        percentile_ms(seconds, 99) for seconds in (latencies.near_swaps, latencies.away)
    )
    claims = {
        "no answer is wrong": not service.wrong,
        "no request is refused": not service.refused,
        "only requests in flight on a killed worker fail": not service.lost()[1],
        "no counter goes back": not log.fallen,
        "the counters are exact": all(count.exact for count in counts),
        "a swap costs no more than twice the p99": near <= 2 * away,
    }
    return [claim for claim, true in claims.items() if not true]


if __name__ == "__main__":
    main()
