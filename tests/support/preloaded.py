"""What is slow in the commands: loaded by their server process, or left out.

As a program it leaves the compiled loops to the processes that come after it.
"""

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

for _preset, _augment in (("default", True), ("notebook", False)):
    _changes = {"hidden": (2,), "augment": _augment}
    warm_up(settings_for(_preset, False, 0, _changes))
unseen_non_digits()
