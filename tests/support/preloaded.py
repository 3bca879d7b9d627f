"""What is slow in the commands: loaded by their server process, or left out."""

from importlib import import_module
from unittest import mock

from trainer import pipeline
from trainer.augmentation.non_digits.unseen import unseen_non_digits
from trainer.learning.settings import settings_for
from trainer.learning.sgd import warm_up

for _slow in ("scipy.ndimage", "scipy.optimize", "sklearn.datasets"):
    import_module(_slow)
import_module("trainer.cli.commands")
mock.patch.object(
    pipeline, "report_on", return_value=None
).start()  # plots take seconds, too

_settings = settings_for("default", False, 0, {"hidden": (2,), "augment": True})
warm_up(_settings)
unseen_non_digits()
