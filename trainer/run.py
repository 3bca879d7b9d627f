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
from trainer.energy_record import energy_record
from trainer.errors import BoundUnknown
from trainer.evaluate import Evaluation, Verdict, evaluate, gate, temperature
from trainer.fit import Fit, Phases
from trainer.gain import OPTION, GainRule
from trainer.progress import EpochReport, Reporter
from trainer.record import new_card, run_figures
from trainer.report import Subject, report_on
from trainer.sgd import initial_network, warm_up


@dataclass(frozen=True)
class Request:
    """What the command line asks of a run.

    Attributes:
        changes: the preset's settings that the user changed.
        seed: None for a fresh one, which the metadata records.
        max_seconds, max_joules: the budget, None for no bound.
        min_gain_per_joule: the accuracy that a joule must buy, None for no bound.
        gated: False publishes without comparing.
        reported: False draws no report, which takes seconds.
    """

    choice: DataChoice
    preset: str
    changes: dict[str, Any]
    seed: int | None = None
    max_seconds: float | None = None
    max_joules: float | None = None
    min_gain_per_joule: float | None = None
    gated: bool = True
    reported: bool = True


@dataclass(frozen=True)
class Trained:
    """A network, and how it came about.

    Attributes:
        reports: one an epoch.
        rows: how many updates' rows, over all epochs.
        stopped_by: "max_seconds", "max_joules" or "min_gain_per_joule", None if it
            ran to its end.
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
    if meter.source is None:
        _refuse_bounds_on_joules(request)
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
    spent = energy_record(phases, trained.reports, meter, energy_settings)
    card = new_card(trained, digits, evaluation, spent, served)
    version, path = _publish(store, trained.network, card, verdict)
    document = {
        "version": version,
        "path": str(path),
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        **run_figures(trained, evaluation, phases),
        "energy": spent,
    }
    if version and request.reported:
        subject = Subject(version, trained, digits, evaluation, meter.source)
        report_on(subject, store.root / "reports" / path.stem, reporter.say)
    return Outcome(version, evaluation, verdict, document)


def _refuse_bounds_on_joules(request: Request) -> None:
    for option, bound in (
        ("--max-joules", request.max_joules),
        ("--min-gain-per-joule", request.min_gain_per_joule),
    ):
        if bound is not None:
            raise BoundUnknown(option, "an energy source, and there is none")


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
    gain = GainRule(request.min_gain_per_joule)
    fit = Fit(
        network, training, validation, settings, budget, gain, phases, reporter
    )  # fmt: skip
    reporter.say(_what_starts(settings, digits, training, validation))
    reports = list(fit.epochs(rng))
    with phases.evaluate:
        calibrated = temperature(network, validation) if validation else None
    return Trained(
        network, settings, reports, training, budget.rows_done,
        budget.stopped_by or (OPTION if gain.ends(reports) else None), calibrated,
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
