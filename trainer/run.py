"""One training run: load, train, evaluate, publish."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from energy import EnergySettings, Meter
from model_store import Card, Model, ModelNotFound, ModelStore, Network
from trainer.budget import Budget
from trainer.config import Settings, settings_for
from trainer.data import DataChoice, Digits, hold_out, load
from trainer.dataset import Dataset
from trainer.evaluate import Evaluation, Verdict, evaluate, gate, temperature
from trainer.fit import Fit, Phases
from trainer.progress import EpochReport, Reporter
from trainer.record import energy_record, new_card
from trainer.sgd import initial_network, warm_up


@dataclass(frozen=True)
class Request:
    """What the command line asks of a run.

    Attributes:
        changes: the preset's settings that the user changed.
        seed: None for a fresh one, which the metadata records.
        max_seconds, max_joules: the budget, None for no bound.
        gated: False publishes without comparing.
    """

    choice: DataChoice
    preset: str
    changes: dict[str, Any]
    seed: int | None = None
    max_seconds: float | None = None
    max_joules: float | None = None
    gated: bool = True


@dataclass(frozen=True)
class Trained:
    """A network, and how it came about.

    Attributes:
        reports: one an epoch.
        rows: how many updates' rows, over all epochs.
        stopped_by: "max_seconds" or "max_joules", None if it ran to its end.
        temperature: for confidence, None without held-out rows.
    """

    network: Network
    settings: Settings
    reports: list[EpochReport]
    training: Dataset
    rows: int
    stopped_by: str | None
    temperature: float | None


@dataclass(frozen=True)
class Outcome:
    """What came of a run; `document` is the object of `train --json`."""

    version: int | None
    evaluation: Evaluation
    verdict: Verdict
    document: dict[str, Any]


def train_and_publish(
    request: Request,
    store: ModelStore,
    energy: tuple[Meter, EnergySettings],
    reporter: Reporter,
) -> Outcome:
    """Do the whole job; raises TrainerError, StoreError, EnergyError."""
    meter, energy_settings = energy
    phases = Phases.of(meter)
    with phases.load:
        digits = load(request.choice, reporter.say)
    try:
        trained = _train(request, digits, phases, reporter)
    finally:
        reporter.close()
    served = _served(store)
    with phases.evaluate:
        evaluation = evaluate(trained.network, digits.test)
        verdict = Verdict(True, "published without comparing (--no-gate)")
        if request.gated:
            verdict = gate(evaluation, digits.embedded, served, digits.test)
    spent = energy_record(phases, meter, energy_settings)
    card = new_card(trained, digits, evaluation, spent, served)
    version, path = _publish(store, trained.network, card, verdict)
    document = {
        "version": version,
        "path": str(path),
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        **_figures(trained, evaluation, phases),
        "energy": spent,
    }
    return Outcome(version, evaluation, verdict, document)


def _train(
    request: Request, digits: Digits, phases: Phases, reporter: Reporter
) -> Trained:
    seed = secrets.randbits(32) if request.seed is None else request.seed
    settings = settings_for(request.preset, digits.embedded, seed, request.changes)
    training, validation = digits.train, None
    if settings.holds_out:
        training, validation = hold_out(digits.train)
    rng = np.random.default_rng(settings.seed)
    network = initial_network(settings, rng)
    with phases.warm_up:
        warm_up(network, training, settings)
    began = time.perf_counter()
    budget = Budget(
        rows=settings.epochs * len(training),
        max_seconds=request.max_seconds,
        max_joules=request.max_joules,
        seconds=lambda: time.perf_counter() - began,
        joules=lambda: phases.fit.joules,
    )
    fit = Fit(network, training, validation, settings, budget, phases, reporter)
    reporter.say(_what_starts(settings, digits, training, validation))
    reports = list(fit.epochs(rng))
    with phases.evaluate:
        calibrated = temperature(network, validation) if validation else None
    return Trained(
        network, settings, reports, training, budget.rows_done, budget.stopped_by,
        calibrated,
    )  # fmt: skip


def _what_starts(
    settings: Settings, digits: Digits, training: Dataset, validation: Dataset | None
) -> str:
    source = "the embedded set" if digits.embedded else digits.train.file
    held_out = f", {len(validation)} held out" if validation else ""
    return (
        f"training {[784, *settings.hidden, 10]} ({settings.preset}) on"
        f" {len(training):,} rows of {source}{held_out};"
        f" test: {len(digits.test):,} rows of {digits.test.file}"
    )


def _served(store: ModelStore) -> Model | None:
    try:
        return store.served()
    except ModelNotFound:
        return None


def _publish(
    store: ModelStore, network: Network, card: Card, verdict: Verdict
) -> tuple[int | None, Path]:
    if not verdict.accepted:
        return None, store.reject(network, card, datetime.now(UTC))
    version = store.publish(network, card)
    return version, store.path(version)


def _figures(
    trained: Trained, evaluation: Evaluation, phases: Phases
) -> dict[str, Any]:
    return {
        "test_accuracy": evaluation.accuracy,
        "test_rows": evaluation.rows,
        "validation_accuracy": trained.reports[-1].validation_accuracy,
        "cost_history": [report.cost for report in trained.reports],
        "epochs": len(trained.reports),
        "train_rows": len(trained.training),
        "stopped_by": trained.stopped_by,
        "seed": trained.settings.seed,
        "seconds": phases.fit.seconds,
        "samples_per_second": trained.rows / phases.fit.seconds,
        "load_seconds": phases.load.seconds,
        "warmup_seconds": phases.warm_up.seconds,
        "cost_seconds": phases.cost.seconds,
        "evaluate_seconds": phases.evaluate.seconds,
    }
