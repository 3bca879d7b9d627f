"""What is slow to load in the commands: the server process that forks them has it."""

import numpy as np
import scipy.ndimage  # noqa: F401
import sklearn.datasets  # noqa: F401

import trainer.commands  # noqa: F401
from trainer.config import settings_for
from trainer.dataset import Dataset
from trainer.sgd import initial_network, warm_up

_settings = settings_for("default", False, 0, {"hidden": (2,), "augment": False})
_rows = Dataset(np.zeros((1, 784), np.uint8), np.zeros(1, np.uint8), "", "")
warm_up(initial_network(_settings, np.random.default_rng()), _rows, _settings)
