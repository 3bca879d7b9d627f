"""One training run, top to bottom: read, prepare, train, evaluate, publish, report."""

import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from energy import EnergySettings, Meter
from model_store import Card, Model, ModelNotFound, ModelStore, Network, NewerVersion
from model_store.best import best_version
from model_store.place import StorePath
from trainer.card import energy_section, new_card, run_figures, with_reason
from trainer.data.source import Digits, Say, load
from trainer.gate import GateResult, gate
from trainer.learning.evaluate import Evaluation
from trainer.learning.findings import Findings
from trainer.places import Places
from trainer.report.report import report_on
from trainer.report.subject import Subject
from trainer.request import Request
from trainer.training.fit import Phases
from trainer.training.prepare import prepare
from trainer.training.progress import Reporter
from trainer.training.resume import kept_if_unfinished
from trainer.training.start import Start


@dataclass(frozen=True)
class Outcome:
    """What came of a run; `document` is the object of `train --json`."""

    version: int | None
    evaluation: Evaluation
    document: dict[str, Any]


def train_and_publish(
    request: Request,
    places: Places,
    energy: tuple[Meter, EnergySettings],
    reporter: Reporter,
    threads: int,
) -> Outcome:
    """Do the whole job; raises TrainerError, StoreError, EnergyError.

    A run that a signal stops, or whose network cannot be published, leaves a
    checkpoint.
    """
    meter, energy_settings = energy
    say = reporter.say
    request.limits.refuse_unmeasured(meter.source)
    places.refuse_unwritable(request.choice.downloads_to, request.plots)
    phases = Phases.of(meter)
    with phases.load:
        digits = read_rows(request, places, say)
    start = Start.of(request, digits, meter.source, places.checkpoints, say)
    training = prepare(start, digits, phases, reporter, threads)
    checkpoints = places.checkpoints if request.keeps_checkpoint else None
    with kept_if_unfinished(training, checkpoints, say) as stop:
        trained = training.run(stop)
        with phases.evaluate:
            findings = Findings.of(trained.network, digits.test, trained.temperature)
        spent = energy_section(phases, trained.reports, meter, energy_settings)
        card = new_card(trained, digits, findings, spent, _served(places.store))
        stop.check()
        candidate = (trained.network, card)
        result, version, path = _publish(candidate, digits, places, request)
    title = f"Version {version}" if version else "Refused network"
    subject = Subject(title, trained, digits, findings, meter.source)
    page = report_on(subject, places.report(path), request.plots, say)
    document = {
        "version": version,
        "path": str(path),
        "accepted": result.accepted,
        "reason": result.reason,
        "report": page and str(page),
        **run_figures(trained, findings, phases),
        "energy": spent,
    }
    return Outcome(version, findings.evaluation, document)


def read_rows(request: Request, places: Places, say: Say) -> Digits:
    """The rows that a run learns from and is tested with, corrections included.

    Raises BadData, TooFewRows, FeedbackError.
    """
    digits = load(request.choice, say)
    corrected = places.corrections.read(len(digits.train))
    if len(corrected):
        learnt, held_out = len(corrected.learnt), len(corrected.held_out)
        say(f"{learnt} accepted corrections join the rows, {held_out} are held out")
    return replace(digits, corrected=corrected)


def _served(store: ModelStore) -> Model | None:
    try:
        return store.served()
    except ModelNotFound:
        return None


def _publish(
    candidate: tuple[Network, Card], digits: Digits, places: Places, request: Request
) -> tuple[GateResult, int | None, StorePath]:
    """Publish what the gate lets pass, keep aside what it refuses.

    If another trainer publishes between the comparison and the publication, the
    candidate is compared again.
    """
    store, (network, card) = places.store, candidate
    while True:
        newest = store.newest()
        result = GateResult(True, "published without comparing (--no-gate)")
        if request.gated:
            result = gate(network, digits, best_version(store), _served(store))
        judged = network, with_reason(card, result.reason)
        if not result.accepted:
            return result, None, store.reject(*judged, datetime.now(UTC))
        request.occasion.permit()
        with contextlib.suppress(NewerVersion):
            version = store.publish(*judged, after=newest)
            places.corrections.note(version, digits.corrected)
            return result, version, store.path(version)
