"""What is slow to load in the commands: the server process that forks them has it."""

from importlib import import_module

from trainer.augmentation.non_digits.unseen import unseen_non_digits
from trainer.learning.settings import settings_for
from trainer.learning.sgd import warm_up

for _slow in ("scipy.ndimage", "scipy.optimize", "sklearn.datasets"):
    import_module(_slow)
import_module("trainer.cli.commands")

_settings = settings_for("default", False, 0, {"hidden": (2,), "augment": True})
warm_up(_settings)
unseen_non_digits()
