"""Making a fit ready: begun anew, or gone on with from a checkpoint."""

import json
import secrets
import time
from dataclasses import replace
from typing import Any

from model_store.arrays import Refused, refusing_damage
from trainer.data.source import Digits, hold_out
from trainer.errors import BrokenCheckpoint
from trainer.learning.settings import Settings, settings_for
from trainer.learning.sgd import warm_up
from trainer.request import Request
from trainer.training.budget import Budget
from trainer.training.checkpoint import Checkpoint, Checkpoints
from trainer.training.fit import Fit, Phases
from trainer.training.gain import GainRule
from trainer.training.progress import Reporter
from trainer.training.state import TrainingState
from trainer.training.training import Training

_BOUNDS = ("max_seconds", "max_joules", "min_gain_per_joule")


def prepare(
    request: Request,
    digits: Digits,
    phases: Phases,
    checkpoints: Checkpoints,
    reporter: Reporter,
) -> Training:
    """Do all that comes before the first update, compiling included.

    Raises TooFewRows, BrokenCheckpoint, OtherRun, StoreUnavailable.
    """
    seed = secrets.randbits(32) if request.seed is None else request.seed
    settings = settings_for(request.preset, digits.embedded, seed, request.changes)
    facts = _facts(request, settings, digits, phases.meter.source)
    found = _found(request, facts, checkpoints, reporter)
    if found:
        facts = dict(found.facts)
        settings = replace(settings, seed=facts["seed"])
    training, validation = digits.train, None
    if settings.holds_out:
        training, validation = hold_out(digits.train)
    state = TrainingState.begin(settings, len(training))
    with phases.warm_up:
        warm_up(state.descent.network, training, settings)
    budget = _budget(request, settings.epochs * len(training), phases, found)
    if found:
        _move_on(state, phases, found)
    gain = GainRule(request.min_gain_per_joule)
    fit = Fit(training, validation, settings, budget, gain, phases, reporter)
    reporter.say(_what_starts(fit, digits, found))
    kept = checkpoints if request.keeps_checkpoint else None
    return Training(fit, state, facts, kept, found)


def _facts(
    request: Request, settings: Settings, digits: Digits, energy_source: str | None
) -> dict[str, Any]:
    """What must be the same for a run to go on, as JSON gives it back."""
    facts = {
        **settings.to_dict(),
        **{name: getattr(request, name) for name in _BOUNDS},
        "training rows": len(digits.train),
        "SHA-256 of the training data": digits.train.sha256,
        "test rows": len(digits.test),
        "SHA-256 of the test data": digits.test.sha256,
        "energy source": energy_source,  # joules of two kinds make no sum
    }
    same: dict[str, Any] = json.loads(json.dumps(facts))
    return same


def _found(
    request: Request,
    facts: dict[str, Any],
    checkpoints: Checkpoints,
    reporter: Reporter,
) -> Checkpoint | None:
    """The checkpoint to go on from; a run with no seed goes on with any seed's."""
    waiting = len(checkpoints.paths())
    if not request.resumed:
        if waiting and request.keeps_checkpoint:
            reporter.say(
                f"{checkpoints.directory} keeps {waiting} stopped run(s); this one"
                " begins anew (--resume goes on with the newest of the same options)"
            )
        return None
    if not waiting:
        reporter.say(f"no checkpoint in {checkpoints.directory}: the run begins anew")
        return None
    ours = {k: v for k, v in facts.items() if k != "seed" or request.seed is not None}
    return checkpoints.find(ours)


def _budget(
    request: Request, rows: int, phases: Phases, found: Checkpoint | None
) -> Budget:
    began = time.perf_counter() - (found.seconds if found else 0.0)
    return Budget(
        rows=rows,
        max_seconds=request.max_seconds,
        max_joules=request.max_joules,
        seconds=lambda: time.perf_counter() - began,
        joules=lambda: phases.fit.joules,
        rows_done=found.rows_done if found else 0,
    )


def _move_on(state: TrainingState, phases: Phases, found: Checkpoint) -> None:
    """Raises BrokenCheckpoint."""
    try:
        with refusing_damage():
            state.restore(found.state, found.arrays)
            phases.add(found.spent)
    except Refused as error:
        raise BrokenCheckpoint(found.path, str(error)) from None


def _what_starts(fit: Fit, digits: Digits, found: Checkpoint | None) -> str:
    settings, training = fit.settings, fit.training
    source = "the embedded set" if digits.embedded else digits.train.file
    held_out = f", {len(fit.validation)} held out" if fit.validation else ""
    begins = f"going on from {found.path} with" if found else "training"
    return (
        f"{begins} {[784, *settings.hidden, 10]} ({settings.preset}) on"
        f" {len(training):,} rows of {source}{held_out};"
        f" test: {len(digits.test):,} rows of {digits.test.file}"
    )
