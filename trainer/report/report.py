"""A report on each run: plots as PNG files, and one page that shows them."""

import logging
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from model_store.place import StorePath
from trainer.report.page import Page, Plot, table, write_page
from trainer.report.results import results
from trainer.report.subject import Subject


def report_on(
    subject: Subject,
    directory: StorePath,
    plots: Path | None,
    say: Callable[[str], None],
) -> StorePath | None:
    """Write a report into `directory`; the path of its page.

    plots: another directory that gets a copy, beside whatever is in it.
    A report that cannot be written (a full disk) is told and given up: the network
    that a run left stands without it.
    """
    try:
        page = write(subject, directory)
        if plots:
            plots.mkdir(parents=True, exist_ok=True)
            for file in directory.iterdir():
                (plots / file.name).write_bytes(file.read_bytes())
    except OSError as error:
        say(f"{subject.title} has no report: {error}")
        return None
    return page


def write(subject: Subject, directory: StorePath) -> StorePath:
    """Make the directory whole; the path of its page. Raises OSError.

    results.json in it says what the network makes of each test row.
    """
    found = results(subject.digits.test, subject.findings.predictions)
    page = Page(subject.title, _summary(subject), found)
    write_page(page, _plots(subject), directory)
    return directory / "index.html"


def _summary(subject: Subject) -> str:
    """What the run came to, and every setting, as tables."""
    settings = subject.trained.settings.to_dict()
    score = subject.findings.evaluation.scorecard
    digits = [("digit", *range(10)), *((name, *score[name]) for name in score)]
    return "".join(
        (
            f"<p>{escape(str(subject))}</p>",
            '<h2 id="digits">Test digits</h2>',
            table(digits),
            '<h2 id="settings">Settings</h2>',
            table(settings.items()),
        )
    )


def _plots(subject: Subject) -> Iterator[Plot]:
    # matplotlib takes a second to load, which no other command should wait for; its
    # log speaks of fonts and caches, on a stderr that may be a machine's to read.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from trainer.report.contents import report_plots  # noqa: PLC0415

    return report_plots(subject)
