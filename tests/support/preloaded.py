"""What is slow to load in the commands: the server process that forks them has it."""

from importlib import import_module

import numpy as np

from trainer.data.dataset import Dataset
from trainer.learning.settings import settings_for
from trainer.learning.sgd import initial_network, warm_up

for _slow in ("scipy.ndimage", "scipy.optimize", "sklearn.datasets"):
    import_module(_slow)
import_module("trainer.cli.commands")

_settings = settings_for("default", False, 0, {"hidden": (2,), "augment": False})
_rows = Dataset(np.zeros((1, 784), np.uint8), np.zeros(1, np.uint8), "", "")
warm_up(initial_network(_settings, np.random.default_rng()), _rows, _settings)
