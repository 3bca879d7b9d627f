"""Plots of a sweep: how the trials went, and which settings mattered."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from optuna.trial import FrozenTrial, TrialState

from trainer.report.page import Plot
from trainer.report.training_plots import BLUE, GREY, ORANGE


def sweep_plots(
    trials: Sequence[FrozenTrial], importance: Mapping[str, float]
) -> Iterator[Plot]:
    """The history, and the importance where it is known."""
    yield Plot(
        "history",
        "Accuracy on the held-out rows after each trial's last epoch, and the best of"
        " the complete ones so far.",
        history(trials),
    )
    if importance:
        yield Plot(
            "importance",
            "How much of the difference between good and other trials each setting"
            " makes (PED-ANOVA, Watanabe et al. 2023).",
            bars(importance),
        )


def history(trials: Sequence[FrozenTrial]) -> Figure:
    """A point for each trial that ended after an epoch or more."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    for state, colour in ((TrialState.COMPLETE, BLUE), (TrialState.PRUNED, GREY)):
        seen = [t for t in trials if t.state == state and t.last_step is not None]
        numbers = [trial.number for trial in seen]
        values = [100 * t.intermediate_values[t.last_step or 0] for t in seen]
        axes.plot(numbers, values, "o", color=colour, label=state.name.lower())
        if state == TrialState.COMPLETE and values:
            best = np.maximum.accumulate(values)
            axes.step(numbers, best, where="post", color=ORANGE, label="best so far")
    axes.set(xlabel="trial", ylabel="accuracy, %", title="History of the sweep")
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    figure.legend(loc="outside right upper")
    axes.grid(alpha=0.3)
    return figure


def bars(importance: Mapping[str, float]) -> Figure:
    """The most important setting on top."""
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots()
    shown = sorted(importance.items(), key=lambda item: item[1])
    drawn = axes.barh([name for name, _ in shown], [s for _, s in shown], color=BLUE)
    axes.bar_label(drawn, fmt="%.2f", padding=3)
    axes.set(xlabel="share", title="Importance of the settings", xlim=(0, 1.1))
    return figure
