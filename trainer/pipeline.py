"""One training run: load, train, evaluate, publish."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from energy import EnergySettings, Meter
from model_store import (
    Card,
    Model,
    ModelNotFound,
    ModelStore,
    Network,
    NewerVersion,
)
from trainer.card import energy_section, new_card, run_figures
from trainer.data.source import Digits, load
from trainer.errors import BoundUnknown
from trainer.gate import GateResult, best_version, gate
from trainer.learning.evaluate import Evaluation, evaluate
from trainer.report.report import report_on
from trainer.report.subject import Subject
from trainer.request import Request
from trainer.training.checkpoint import Checkpoints
from trainer.training.fit import Phases
from trainer.training.prepare import prepare
from trainer.training.progress import Reporter


@dataclass(frozen=True)
class Outcome:
    """What came of a run; `document` is the object of `train --json`."""

    version: int | None
    evaluation: Evaluation
    gate_result: GateResult
    document: dict[str, Any]


@dataclass(frozen=True)
class Places:
    """Where a run leaves what it makes."""

    store: ModelStore
    checkpoints: Checkpoints


def train_and_publish(
    request: Request,
    places: Places,
    energy: tuple[Meter, EnergySettings],
    reporter: Reporter,
) -> Outcome:
    """Do the whole job; raises TrainerError, StoreError, EnergyError.

    A run that a signal stops publishes nothing; from its first update on it leaves a
    checkpoint.
    """
    meter, energy_settings = energy
    if meter.source is None:
        _refuse_bounds_on_joules(request)
    phases = Phases.of(meter)
    with phases.load:
        digits = load(request.choice, reporter.say)
    training = prepare(request, digits, phases, places.checkpoints, reporter)
    with training.kept_if_stopped() as held:
        try:
            trained = training.run(held)
        finally:
            reporter.close()
        with phases.evaluate:
            evaluation = evaluate(trained.network, digits.test)
        spent = energy_section(phases, trained.reports, meter, energy_settings)
        card = new_card(trained, digits, evaluation, spent, _served(places.store))
        held.check()
        gate_result, version, path = _publish(
            request, digits, (trained.network, card), places.store
        )
        training.forget()
    if version and request.reported:
        subject = Subject(version, trained, digits, evaluation, meter.source)
        report_on(subject, places.store.root / "reports" / path.stem, reporter.say)
    document = {
        **_fate(version, path, gate_result),
        **run_figures(trained, evaluation, phases),
        "energy": spent,
    }
    return Outcome(version, evaluation, gate_result, document)


def _refuse_bounds_on_joules(request: Request) -> None:
    for option, bound in (
        ("--max-joules", request.max_joules),
        ("--min-gain-per-joule", request.min_gain_per_joule),
    ):
        if bound is not None:
            raise BoundUnknown(option, "an energy source, and there is none")


def _served(store: ModelStore) -> Model | None:
    try:
        return store.served()
    except ModelNotFound:
        return None


def _publish(
    request: Request, digits: Digits, candidate: tuple[Network, Card], store: ModelStore
) -> tuple[GateResult, int | None, Path]:
    """Publish what the gate lets pass, keep aside what it refuses.

    If another trainer publishes between the comparison and the publication, the
    candidate is compared again.
    """
    while True:
        newest = store.newest()
        result = GateResult(True, "published without comparing (--no-gate)")
        if request.gated:
            result = gate(candidate[0], digits, best_version(store))
        if not result.accepted:
            return result, None, store.reject(*candidate, datetime.now(UTC))
        with contextlib.suppress(NewerVersion):
            version = store.publish(*candidate, after=newest)
            return result, version, store.path(version)


def _fate(version: int | None, path: Path, gate_result: GateResult) -> dict[str, Any]:
    return {
        "version": version,
        "path": str(path),
        "accepted": gate_result.accepted,
        "reason": gate_result.reason,
    }
