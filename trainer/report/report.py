"""A report for each version: plots as PNG files, and one page that shows them."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.data.source import Digits
from trainer.learning.evaluate import Evaluation
from trainer.report.page import Page, Plot, write_page

if TYPE_CHECKING:
    from trainer.training.training import Trained


@dataclass(frozen=True)
class Subject:
    """The version that a report is about, and how it came about.

    Attributes:
        evaluation: of the test rows.
        energy_source: of the run's joules, None if there is none.
    """

    version: int
    trained: "Trained"
    digits: Digits
    evaluation: Evaluation
    energy_source: str | None

    def __str__(self) -> str:
        test, epochs = self.digits.test, self.trained.reports
        parts = [
            f"{self.evaluation.accuracy:.2%} of {len(test):,} test rows right"
            f" ({test.file})",
            f"layers {'-'.join(map(str, self.trained.network.layers))}",
            f"{self.trained.settings.loss}",
            f"{len(epochs)} epochs over {self.digits.train.file}",
        ]
        if epochs[-1].joules is not None:
            parts.append(f"{epochs[-1].joules:,.4g} J ({self.energy_source})")
        return " · ".join(parts)


def report_on(
    subject: Subject, directory: Path, say: Callable[[str], None]
) -> Path | None:
    """Write a version's report into `directory`; the path of its page.

    A report that cannot be written (a full disk) is told and given up: the version
    stands without it.
    """
    try:
        page = write(subject, directory)
    except OSError as error:
        say(f"version {subject.version} has no report: {error}")
        return None
    say(f"report on version {subject.version}: {page}")
    return page


def write(subject: Subject, directory: Path) -> Path:
    """Make the directory whole; the path of its page. Raises OSError."""
    page = Page(f"Version {subject.version}", f"<p>{escape(str(subject))}</p>")
    return write_page(page, _plots(subject), directory)


def _plots(subject: Subject) -> Iterator[Plot]:
    # matplotlib takes a second to load, which no other command should wait for; its
    # log speaks of fonts and caches, on a stderr that may be a machine's to read.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from trainer.report.contents import report_plots  # noqa: PLC0415

    return report_plots(subject)
