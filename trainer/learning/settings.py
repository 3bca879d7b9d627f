"""The settings of a training run, and the two presets."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Settings:
    """Everything that decides what is learnt, apart from the data.

    Attributes:
        preset: the name of the preset that the settings began as.
        hidden: nodes of the hidden layers.
        activation: "sigmoid" or "relu", of the hidden layers.
        loss: "tse" (sigmoid output) or "cross-entropy" (softmax output).
        learning_rate: alpha; with a one-cycle schedule, its peak.
        epochs: passes through the training rows.
        batch_size: rows for each update; 1 is the notes' per-sample SGD.
        augment: train on changed copies, new ones in each epoch.
        copies: "distorted" (augmentation/distort.py) or "rewritten" (rewrite.py).
        non_digits: how many pictures of no digit join 100 digits, with uniform
            targets, if `augment` (augmentation/non_digits.py); 0 for none.
        momentum: Nesterov's; 0 is plain gradient descent.
        weight_decay: lambda, added to the gradient as lambda W.
        one_cycle: warm up to learning_rate, then anneal to 0 (Smith 2018).
        weights: "notes" for 0.5 - U(0, 1), "he" for He et al. 2015.
        holds_out: choose and calibrate on a fixed part of the training rows.
        seed: of the weights, the order and the distortions.
    """

    preset: str
    hidden: tuple[int, ...]
    activation: str
    loss: str
    learning_rate: float
    epochs: int
    batch_size: int
    augment: bool
    copies: str
    non_digits: int
    momentum: float
    weight_decay: float
    one_cycle: bool
    weights: str
    holds_out: bool
    seed: int

    @property
    def is_per_sample(self) -> bool:
        """Whether an update is the notes' own: one row, plain gradient descent."""
        more = self.augment or self.momentum or self.weight_decay or self.one_cycle
        return self.batch_size == 1 and not more

    def __str__(self) -> str:
        return (
            f"{self.preset}: {self.activation}, {self.loss}, weights {self.weights},"
            f" alpha {self.learning_rate:g}, batch {self.batch_size}"
        )

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it."""
        return {**asdict(self), "hidden": list(self.hidden)}


_NOTEBOOK = {
    "hidden": (500, 200),
    "activation": "sigmoid",
    "loss": "tse",
    "learning_rate": 0.3,
    "epochs": 50,
    "batch_size": 1,
    "augment": False,
    "copies": "distorted",
    "non_digits": 0,
    "momentum": 0.0,
    "weight_decay": 0.0,
    "one_cycle": False,
    "weights": "notes",
    "holds_out": False,
}

_DEFAULT = {
    "hidden": (500, 200),
    "activation": "relu",
    "loss": "cross-entropy",
    "learning_rate": 0.2,
    "epochs": 150,
    "batch_size": 256,
    "augment": True,
    "copies": "distorted",
    "non_digits": 24,
    "momentum": 0.9,
    "weight_decay": 0.0,
    "one_cycle": True,
    "weights": "he",
    "holds_out": True,
}

# 1,438 rows make few updates an epoch, so an epoch costs little and many are needed.
_DEFAULT_EMBEDDED = {
    **_DEFAULT,
    "learning_rate": 0.1,
    "batch_size": 128,
    "epochs": 350,
    "copies": "rewritten",
    "weight_decay": 1e-3,
}

# With ReLU the notes' weights make outputs that saturate, and steps at a rate of 0.3
# leave nodes that are off for every picture (docs/notebook.md has figures).
_NOTEBOOK_RELU = {"weights": "he", "learning_rate": 0.03}


def settings_for(
    preset: str, embedded: bool, seed: int, changes: dict[str, Any]
) -> Settings:
    """A preset with the user's changes; the embedded set has a `default` of its own.

    notebook: the notes to the letter; with ReLU, first weights and a rate that suit it,
    unless they are given. default: the best that the architecture reaches.
    """
    chosen = {
        ("notebook", False): _NOTEBOOK,
        ("notebook", True): _NOTEBOOK,
        ("default", False): _DEFAULT,
        ("default", True): _DEFAULT_EMBEDDED,
    }[preset, embedded]
    suiting = {}
    if preset == "notebook" and changes.get("activation") == "relu":
        suiting = _NOTEBOOK_RELU
    return Settings(preset=preset, seed=seed, **{**chosen, **suiting, **changes})
