"""Logic gates learnt by a small network of the same code (the notes' last section)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.backprop import LOSSES, Gradients, backprop
from model_store.network import Floats, Network
from trainer.learning.sgd import Descent

# Of two inputs 0 0, 0 1, 1 0, 1 1; the pixels of a true input are full ink.
INPUTS: NDArray[np.uint8] = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.uint8)
GATES = {
    "OR": (0, 1, 1, 1),
    "AND": (0, 0, 0, 1),
    "XOR": (0, 1, 1, 0),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
}
_LAYERS = (2, 4, 1)
_EPOCHS = 1_000


@dataclass(frozen=True)
class GateSetup:
    """What decides whether the 2-4-1 network learns the gates.

    Attributes:
        learning_rate: alpha.
        has_biases: False keeps every bias at 0.
    """

    learning_rate: float
    has_biases: bool


NOTES = GateSetup(0.1, has_biases=False)
MENDED = GateSetup(1.0, has_biases=True)


@dataclass(frozen=True)
class TruthTable:
    """What a network makes of the four inputs of a gate.

    Attributes:
        truth: what each output should be, 0 or 1.
        outputs: what it is, between 0 and 1.
    """

    gate: str
    truth: Sequence[int]
    outputs: Sequence[float]

    @property
    def answers(self) -> list[int]:
        """The outputs rounded to 0 or 1, as in the notes."""
        return [round(output) for output in self.outputs]

    @property
    def is_right(self) -> bool:
        return self.answers == list(self.truth)


def learn_gates(seed: int, setup: GateSetup = MENDED) -> list[TruthTable]:
    """Learn each gate with a network of its own."""
    rng = np.random.default_rng(seed)
    return [learn_gate(gate, rng, setup) for gate in GATES]


def learn_gate(
    gate: str, rng: np.random.Generator, setup: GateSetup = MENDED
) -> TruthTable:
    """Plain backprop on all four rows at once, with the notes' 2-4-1 network."""
    network = _initial_network(rng)
    descent = Descent(network, momentum=0)
    targets = np.array(GATES[gate], float)[:, None]
    for _ in range(_EPOCHS):
        gradients = backprop(network, LOSSES["tse"], 255 * INPUTS, targets)
        if not setup.has_biases:
            flat = [np.zeros_like(b) for b in network.biases]
            gradients = Gradients(gradients.weights, flat)
        descent.step(gradients, setup.learning_rate)
    outputs = network.outputs(255 * INPUTS)[:, 0]
    return TruthTable(gate, GATES[gate], outputs.tolist())


def _initial_network(rng: np.random.Generator) -> Network:
    weights: tuple[Floats, ...] = tuple(
        rng.random(shape) for shape in pairwise(_LAYERS)
    )
    return Network(
        weights=weights,
        biases=tuple(np.zeros(nodes) for nodes in _LAYERS[1:]),
        activation_names=("sigmoid",) * len(weights),
    )


def gates_document(tables: Sequence[TruthTable]) -> dict[str, Any]:
    """What `gates --json` prints."""
    return {
        "inputs": INPUTS.tolist(),
        "gates": {
            table.gate: {
                "truth": list(table.truth),
                "answers": table.answers,
                "outputs": list(table.outputs),
                "right": table.is_right,
            }
            for table in tables
        },
        "all_right": all(table.is_right for table in tables),
    }


def gates_text(tables: Sequence[TruthTable]) -> str:
    """The truth tables side by side, each answer with the output that it rounds."""
    lines = ["inputs" + "".join(f"{table.gate:>12}" for table in tables)]
    for row, (left, right) in enumerate(INPUTS.tolist()):
        cells = [f"{t.answers[row]} ({t.outputs[row]:.3f})" for t in tables]
        lines.append(f"{left} {right}   " + "".join(f"{cell:>12}" for cell in cells))
    marks = ["right" if table.is_right else "WRONG" for table in tables]
    lines.append("      " + "".join(f"{mark:>12}" for mark in marks))
    return "\n".join(lines)
