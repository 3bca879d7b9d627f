"""The plots of a report, in order, each with a sentence that says what it shows."""

from collections.abc import Iterator

from trainer.report.honesty_plots import surest_non_digits
from trainer.report.page import Plot
from trainer.report.result_plots import (
    calibration,
    confusion_matrix,
    scorecard,
    worst_mistakes,
)
from trainer.report.subject import Subject
from trainer.report.training_plots import (
    accuracy_against_joules,
    activations,
    label_histograms,
    learning_curves,
    sample_digits,
)


def report_plots(subject: Subject) -> Iterator[Plot]:
    """First what the network learnt from, then how it learnt, then what it can do."""
    yield from _of_the_data(subject)
    yield from _of_the_training(subject)
    yield from _of_the_results(subject)


def _of_the_data(subject: Subject) -> Iterator[Plot]:
    digits = subject.digits
    yield Plot(
        "samples",
        "The first ten training pictures of each digit; 0 is white, 255 black.",
        sample_digits(digits.train),
    )
    yield Plot(
        "labels",
        "How many rows each label has: the sums of the one-hot targets.",
        label_histograms(digits.train, digits.test),
    )


def _of_the_training(subject: Subject) -> Iterator[Plot]:
    trained = subject.trained
    names = ", then ".join(dict.fromkeys(trained.network.activation_names))
    yield Plot(
        "activations",
        "What a node makes of its weighted sum n, and the slope that backprop"
        f" multiplies by; this network uses {names}.",
        activations(),
    )
    yield Plot(
        "learning",
        "The cost after each epoch, which should fall towards zero, and the accuracy on"
        " rows that the network did not learn from, if any were held out.",
        learning_curves(trained.reports, trained.settings.loss),
    )
    if subject.energy_source and trained.reports[-1].joules:
        yield Plot(
            "energy",
            "What each step of the learning costs in energy.",
            accuracy_against_joules(
                trained.reports,
                subject.findings.evaluation.accuracy,
                subject.energy_source,
            ),
        )


def _of_the_results(subject: Subject) -> Iterator[Plot]:
    trained, findings = subject.trained, subject.findings
    yield Plot(
        "confusion",
        "Which digit is taken for which: a row for each true label, a column for each"
        " predicted one.",
        confusion_matrix(findings.evaluation),
    )
    yield Plot(
        "scorecard",
        "How many test rows of each digit are right, and how many wrong.",
        scorecard(findings.evaluation),
    )
    yield Plot(
        "mistakes",
        "The test rows that are wrong with the highest confidence, the worst first.",
        worst_mistakes(subject.digits.test, findings.predictions),
    )
    yield Plot(
        "non_digits",
        "Letters and drawings that the network did not learn from, and which digit it"
        " takes them for; its confidence should be low.",
        surest_non_digits(
            trained.network, trained.temperature or 1.0, findings.honesty
        ),
    )
    calibrated = (
        "calibrated on held-out rows"
        if trained.temperature
        else "not calibrated, as no rows were held out"
    )
    yield Plot(
        "calibration",
        "Of the predictions made with a confidence of 80 %, 80 % should be right; the"
        f" confidence is {calibrated}.",
        calibration(findings.predictions),
    )
