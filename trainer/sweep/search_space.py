"""What a sweep searches: the settings that the command line leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from optuna.trial import Trial

from trainer.learning.settings import Settings

_LOWEST_RATE, _HIGHEST_RATE = 0.01, 1.0
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "hidden": ("100", "300,100", "500,200", "800", "1000,500", "500,300,100"),
    "batch_size": (32, 64, 128, 256, 512),
    "augment": (True, False),
    "activation": ("relu", "sigmoid"),
}
SEARCHED = ("learning_rate", *_CHOICES)


@dataclass(frozen=True)
class SearchSpace:
    """The settings to search, and those that stay as they are.

    Attributes:
        preset: the settings that the sweep begins with; its first trial.
        fixed: the names of those that the user chose, which are not searched.
    """

    preset: Settings
    fixed: frozenset[str]

    @property
    def names(self) -> list[str]:
        """The settings that are searched."""
        return [name for name in SEARCHED if name not in self.fixed]

    def first(self) -> dict[str, Any]:
        """The preset's own values, as a trial's parameters."""
        return {name: _plain(getattr(self.preset, name)) for name in self.names}

    def suggested(self, trial: Trial) -> Settings:
        """What a trial is to train with."""
        return self.settings({name: self._suggest(trial, name) for name in self.names})

    def settings(self, parameters: Mapping[str, Any]) -> Settings:
        """The settings of a trial with these parameters."""
        values = dict(parameters)
        if "hidden" in values:
            values["hidden"] = tuple(map(int, values["hidden"].split(",")))
        if "learning_rate" in values:  # no longer than one would type
            values["learning_rate"] = float(f"{values['learning_rate']:.4g}")
        if values.get("activation") == "relu" and "weights" not in self.fixed:
            values["weights"] = "he"  # with the notes' own, ReLU learns nothing
        return replace(self.preset, **values)

    def _suggest(self, trial: Trial, name: str) -> Any:
        if name == "learning_rate":
            return trial.suggest_float(name, _LOWEST_RATE, _HIGHEST_RATE, log=True)
        own = _plain(getattr(self.preset, name))
        choices = dict.fromkeys((own, *_CHOICES[name]))  # each once
        return trial.suggest_categorical(name, list(choices))


def _plain(value: Any) -> Any:
    """Layers as the text that the command line takes."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else value
