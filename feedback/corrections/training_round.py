"""Which corrections the next training takes: within caps, a fifth held out for ever."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from feedback.corrections.queries import all_corrections, is_unused, of_row
from feedback.corrections.records import ACCEPTED, NO_DIGIT, Correction
from feedback.corrections.rules import CLIENT_ROUND
from feedback.tables import corrections, training_rows

SHARE: Final = 0.01  # of the training rows, all corrections together
WEIGHT: Final = 1.0  # as one of MNIST's rows; more helps nobody but an attacker
_ONE_HELD_OUT_OF: Final = 5


@dataclass(frozen=True)
class TrainingRound:
    """The corrections to learn from, and those to be measured with only."""

    learnt: tuple[Correction, ...] = ()
    held_out: tuple[Correction, ...] = ()

    @property
    def digest(self) -> str:
        """By which the round is known: of all its pixels and labels."""
        taken = blake2b(digest_size=32)
        for part in (self.learnt, self.held_out):
            for correction in sorted(part, key=lambda c: (c.digest, c.label)):
                taken.update(f"{correction.digest} {correction.label}\n".encode())
            taken.update(b"\n")
        return taken.hexdigest()


def next_round(connection: Connection, rows: int) -> TrainingRound:
    """What a training on that many rows takes, the newest corrections first.

    What an earlier version learnt stays in. Of what none has learnt yet, a client may
    add a few a round, so that nobody floods a version at once.
    """
    usable = all_corrections().where(
        corrections.c.state == ACCEPTED, corrections.c.pixels.is_not(None)
    )
    unused = connection.scalars(select(corrections.c.id).where(is_unused())).all()
    found = connection.execute(usable.order_by(corrections.c.id.desc()))
    digits = (c for c in map(of_row, found) if c.label != NO_DIGIT)
    taken = _one_each(_within_caps(digits, set(unused)))
    most = int(SHARE * rows)
    return TrainingRound(
        tuple(c for c in taken if not is_held_out(c))[:most],
        tuple(c for c in taken if is_held_out(c))[:most],
    )


def is_held_out(correction: Correction) -> bool:
    """Whether no training ever learns it: a fifth of all, by their pixels."""
    return int(correction.digest[:8], 16) % _ONE_HELD_OUT_OF == 0


def note_training(connection: Connection, version: int, round_: TrainingRound) -> None:
    """Keep what exactly a published version learnt (and, at weight 0, did not)."""
    connection.execute(delete(training_rows).where(training_rows.c.version == version))
    rows = [
        {"version": version, "correction": correction.id, "weight": weight}
        for part, weight in ((round_.learnt, WEIGHT), (round_.held_out, 0.0))
        for correction in part
    ]
    if rows:
        connection.execute(insert(training_rows), rows)


def _within_caps(found: Iterable[Correction], unused: set[int]) -> Iterable[Correction]:
    added: Counter[str] = Counter()
    for correction in found:
        if correction.id in unused:
            added[correction.client] += 1
            if added[correction.client] > CLIENT_ROUND:
                continue
        yield correction


def _one_each(found: Iterable[Correction]) -> Sequence[Correction]:
    """The same pixels that several clients sent count once."""
    return list({correction.digest: correction for correction in found}.values())
