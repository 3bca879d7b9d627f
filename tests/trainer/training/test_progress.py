"""How a run shows itself: JSON lines, lines for a log, a bar on a terminal."""

import io
import json
import sys
from typing import Any

import pytest

from tests.support.commands import Place
from trainer.training.epoch_report import EpochReport
from trainer.training.progress import (
    JsonReporter,
    PlainReporter,
    TerminalReporter,
    reporter,
)

REPORT = EpochReport(
    epoch=2,
    epochs=5,
    cost=1234.5678,
    validation_accuracy=0.98765,
    samples_per_second=54321.9,
    joules=12.34,
    seconds_left=6.7,
)


def test_json_progress_is_one_object_a_line(
    place: Place, quick: tuple[object, ...]
) -> None:
    run = place.run("trainer", *quick, "--progress", "json", "--json")
    events = [json.loads(line) for line in run.stderr.splitlines()]
    epochs = [event for event in events if event["event"] == "epoch"]
    document = json.loads(run.stdout)
    assert [event["epoch"] for event in epochs] == [1, 2]
    assert [event["cost"] for event in epochs] == document["cost_history"]
    assert epochs[-1]["validation_accuracy"] == document["validation_accuracy"]
    assert epochs[-1]["joules"] > 0
    assert {event["event"] for event in events} <= {"epoch", "message"}
    assert any("train.csv" in event.get("text", "") for event in events)


def test_log_gets_plain_lines(place: Place, quick: tuple[object, ...]) -> None:
    run = place.run("trainer", *quick, "--json")
    lines = run.stderr.splitlines()
    assert (
        "[784, 16, 10] (default: relu, cross-entropy, weights he, alpha 0.2, batch 256)"
        " on 44 rows of train.csv, 4 held out" in lines[0]
    )
    assert lines[-1].startswith("epoch 2/2, cost ")
    assert "\x1b" not in run.stderr
    assert "\r" not in run.stderr


def test_report_reads_as_a_sentence() -> None:
    assert str(REPORT) == (
        "epoch 2/5, cost 1234.6, validation accuracy 0.9877, 54,322 samples/s,"
        " 12.3 J, 7 s left"
    )


def test_figures_that_are_not_there_are_left_out() -> None:
    bare = EpochReport(1, 5, 10.0, None, 100.0, None, 1.0)
    assert str(bare) == "epoch 1/5, cost 10, 100 samples/s, 1 s left"


def test_fast_epochs_do_not_flood_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    plain = PlainReporter()
    for epoch in range(1, 101):
        plain.epoch_done(EpochReport(epoch, 100, 1.0, None, 1.0, None, 0.0))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("epoch 1/100")
    assert lines[-1].startswith("epoch 100/100")
    assert len(lines) < 20


def test_every_epoch_is_told_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    every = reporter("epochs")
    for epoch in range(1, 101):
        every.epoch_done(EpochReport(epoch, 100, 1.0, None, 1.0, None, 0.0))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        f"epoch {epoch}/100" for epoch in range(1, 101)
    ]


def test_json_reporter_tells_all_figures(capsys: pytest.CaptureFixture[str]) -> None:
    JsonReporter().epoch_done(REPORT)
    event: dict[str, Any] = json.loads(capsys.readouterr().err)
    assert event == {"event": "epoch", **vars(REPORT)}


class Terminal(io.StringIO):
    """A stderr that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    shown = reporter("auto")
    assert isinstance(shown, TerminalReporter)
    shown.say("training [784, 10]")
    shown.advance(0.25)
    shown.epoch_done(REPORT)
    shown.close()
    assert "training [784, 10]" in screen.getvalue()
    assert "epoch 2/5" in screen.getvalue()


def test_reporter_follows_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(reporter("json"), JsonReporter)
    assert isinstance(reporter("auto"), PlainReporter)
