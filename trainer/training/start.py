"""How a training starts: anew, or where a checkpoint of the same run stands."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trainer.data.source import Digits
from trainer.learning.settings import Settings, settings_for
from trainer.request import Limits, Request
from trainer.training.checkpoint import Checkpoint, Checkpoints

Say = Callable[[str], None]


@dataclass(frozen=True)
class Start:
    """What a training is, and the checkpoint that it goes on from.

    Attributes:
        facts: what must be the same for a run to go on, as JSON gives it back.
        checkpoint: None if it begins anew.
    """

    settings: Settings
    limits: Limits
    facts: Mapping[str, Any]
    checkpoint: Checkpoint | None

    @classmethod
    def of(
        cls,
        request: Request,
        digits: Digits,
        energy_source: str | None,
        checkpoints: Checkpoints,
        say: Say,
    ) -> "Start":
        """The start of a run on these digits.

        A run whose seed is not given goes on with any seed's. Raises OtherRun,
        BrokenCheckpoint, StoreUnavailable; NothingNew if it need not be done.
        """
        seed = secrets.randbits(32) if request.seed is None else request.seed
        settings = settings_for(request.preset, digits.embedded, seed, request.changes)
        facts = _facts(settings, request.limits, digits, energy_source)
        free = {"seed"} if request.seed is None else set()
        ours = {name: fact for name, fact in facts.items() if name not in free}
        found = checkpoints.find(ours) if request.resumed else None
        if found:
            settings = replace(settings, seed=found.facts["seed"])
            return cls(settings, request.limits, found.facts, found)
        if request.keeps_checkpoint:
            _say_of_others(request, checkpoints, say)
        request.occasion.begin(facts)
        return cls(settings, request.limits, facts, None)


def _say_of_others(request: Request, checkpoints: Checkpoints, say: Say) -> None:
    """Why a run begins anew, if the user may have thought that it goes on."""
    waiting = len(checkpoints.paths())
    if request.resumed:
        say(f"no checkpoint in {checkpoints.directory}: the run begins anew")
    elif waiting:
        say(
            f"{checkpoints.directory} keeps {waiting} stopped run(s); this one begins"
            " anew (--resume goes on with the newest of the same options)"
        )


def _facts(
    settings: Settings, limits: Limits, digits: Digits, energy_source: str | None
) -> dict[str, Any]:
    facts = {
        **settings.to_dict(),
        **vars(limits),
        "training rows": len(digits.train),
        "SHA-256 of the training data": digits.train.sha256,
        "test rows": len(digits.test),
        "SHA-256 of the test data": digits.test.sha256,
        "energy source": energy_source,  # joules of two kinds make no sum
    }
    if len(digits.corrected):
        facts["corrections"] = digits.corrected.round.digest
    same: dict[str, Any] = json.loads(json.dumps(facts))
    return same
