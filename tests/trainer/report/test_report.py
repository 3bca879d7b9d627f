"""A version's report: whole or not at all, and never at the model's expense."""

import base64
import json
import re
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.support.commands import Place
from tests.support.stores import root_of
from tests.trainer.in_process import invoke
from trainer.data.dataset import Dataset
from trainer.data.source import Digits
from trainer.learning.calibration import reliability
from trainer.learning.findings import Findings
from trainer.learning.first_weights import initial_network
from trainer.learning.predictions import Predictions, predict
from trainer.learning.settings import settings_for
from trainer.report.report import report_on, write
from trainer.report.result_plots import worst_mistakes
from trainer.report.subject import Subject
from trainer.report.training_plots import learning_curves
from trainer.training.epoch_report import EpochReport
from trainer.training.training import Trained

Quick = tuple[object, ...]
PLOTS = {
    "samples", "labels", "activations", "learning", "energy", "confusion",
    "scorecard", "mistakes", "non_digits", "calibration",
}  # fmt: skip


@pytest.fixture(scope="module")
def subject(digits: Dataset) -> Subject:
    """An untrained network that a run of three epochs could have left."""
    settings = settings_for("default", True, 4, {"hidden": (8,)})
    network = initial_network(settings, np.random.default_rng(4))
    both = Digits(digits.rows(slice(200)), digits.rows(slice(200, 300)), embedded=True)
    epochs = [
        EpochReport(
            epoch, 3, cost=90 / epoch, validation_accuracy=0.3 * epoch,
            samples_per_second=1e4, joules=2.5 * epoch, seconds_left=0.0,
        )
        for epoch in (1, 2, 3)
    ]  # fmt: skip
    trained = Trained(network, settings, epochs, both.train, 600, None, 1.5)
    findings = Findings.of(network, both.test, trained.temperature)
    return Subject("Version 7", trained, both, findings, "estimate")


@pytest.fixture
def small_files() -> Iterator[None]:
    """As on a full disk, a file of more than 60 kB cannot be written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def report(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report where an older one was, and what a killed run left; a wicked name."""
    reports = tmp_path_factory.mktemp("reports")
    for name in ("000007", ".unfinished-000007"):
        (reports / name).mkdir()
        (reports / name / "old.png").touch()
    train = replace(subject.digits.train, file="<script>.csv")
    spoilt = replace(subject, digits=replace(subject.digits, train=train))
    page = write(spoilt, reports / "000007")
    assert page == reports / "000007" / "index.html"
    return page.parent


def test_page_shows_every_plot_and_needs_no_other_file(
    subject: Subject, report: Path
) -> None:
    page = (report / "index.html").read_text()
    shown = re.findall(r'src="([^"]*)"', page)
    files = {path.stem: path for path in report.glob("*.png")}
    assert set(files) == PLOTS
    assert {base64.b64decode(url.split(",")[1]) for url in shown} == {
        path.read_bytes() for path in files.values()
    }
    assert page.count("<figcaption>") == len(PLOTS)
    assert "<h1>Version 7</h1>" in page
    assert f"{subject.findings.evaluation.accuracy:.2%} of 100 test rows" in page


def test_contents_lead_to_every_plot_and_table(report: Path) -> None:
    page = (report / "index.html").read_text()
    places = re.findall(r' id="(\w+)"', page)
    assert set(places) == PLOTS | {"digits", "settings"}
    assert re.findall(r'href="#(\w+)"', page) == places
    assert '<th scope="row">seed</th><td>' in page
    assert "prefers-color-scheme: dark" in page


def test_results_are_there_for_programs(subject: Subject, report: Path) -> None:
    results = json.loads((report / "results.json").read_text())
    test, network = subject.digits.test, subject.trained.network
    predictions = predict(network, test, subject.trained.temperature)
    bits = np.frombuffer(base64.b64decode(results["right"]), np.uint8)
    right = np.unpackbits(bits, count=results["test_rows"]).astype(bool)
    assert np.array_equal(right, predictions.right)
    mistakes = results["mistakes"]
    assert len(mistakes) == min(24, int((~right).sum()))
    confidences = [mistake["confidence"] for mistake in mistakes]
    assert confidences == sorted(confidences, reverse=True)
    for mistake in mistakes:
        row = mistake["row"]
        assert mistake["truth"] == test.labels[row] != mistake["read"]
        assert base64.b64decode(mistake["pixels"]) == test.pixels[row].tobytes()


def test_every_plot_is_a_picture_with_something_on_it(report: Path) -> None:
    for path in report.glob("*.png"):
        with Image.open(path) as picture:
            assert min(picture.size) > 300
            assert len(np.unique(np.asarray(picture.convert("L")))) > 20


def test_file_name_cannot_write_into_the_page(report: Path) -> None:
    page = (report / "index.html").read_text()
    assert "&lt;script&gt;.csv" in page
    assert "<script>" not in page


def test_report_replaces_an_older_one_and_what_a_killed_run_left(report: Path) -> None:
    assert [path.name for path in report.parent.iterdir()] == ["000007"]
    assert not (report / "old.png").exists()


def test_run_without_hold_out_or_joules_has_a_report_of_what_it_knows(
    subject: Subject, tmp_path: Path
) -> None:
    unknown = [
        replace(report, validation_accuracy=None, joules=None)
        for report in subject.trained.reports
    ]
    trained = replace(subject.trained, reports=unknown, temperature=None)
    plain = replace(subject, trained=trained, energy_source=None)
    page = write(plain, tmp_path / "7").read_text()
    names = {path.stem for path in (tmp_path / "7").glob("*.png")}
    assert names == PLOTS - {"energy"}
    assert "not calibrated" in page
    assert " J (" not in page


def test_disk_that_fills_leaves_no_part_of_a_report(
    subject: Subject, tmp_path: Path, small_files: None
) -> None:
    said: list[str] = []
    assert report_on(subject, tmp_path / "reports" / "7", None, said.append) is None
    [line] = said
    assert line.startswith("Version 7 has no report: ")
    assert "File too large" in line
    assert list((tmp_path / "reports").iterdir()) == []


def test_copy_of_the_plots_spares_what_is_in_their_directory(
    subject: Subject, tmp_path: Path
) -> None:
    plots = tmp_path / "plots"
    plots.mkdir()
    (plots / "mine.txt").write_text("kept")
    (plots / "learning.png").write_text("an older one")
    page = report_on(subject, tmp_path / "7", plots, pytest.fail)
    assert page
    assert (plots / "mine.txt").read_text() == "kept"
    assert {path.stem for path in plots.glob("*.png")} == PLOTS
    for path in page.parent.iterdir():
        assert (plots / path.name).read_bytes() == path.read_bytes()


def test_cost_is_drawn_as_in_the_notes_and_logarithmic(subject: Subject) -> None:
    figure = learning_curves(subject.trained.reports, "tse")
    linear, logarithmic, _ = figure.axes
    assert (linear.get_yscale(), logarithmic.get_yscale()) == ("linear", "log")
    for axes in (linear, logarithmic):
        [line] = axes.lines
        assert np.asarray(line.get_ydata()).tolist() == [90, 45, 30]


def test_every_run_has_a_report_that_its_last_line_names(
    place: Place, quick: Quick, test_csv: Path
) -> None:
    """The first model is published; one of another seed, worse by luck, is refused."""
    plots = place.root / "plots"
    run = place.run_plainly("trainer", *quick, "--epochs", 30, "--plots", plots)
    assert run.returncode == 0, run.stderr
    directory = root_of(place.store) / "reports" / "000001"
    assert run.stdout.splitlines()[-1].endswith(f" {directory / 'index.html'}")
    assert {path.stem for path in directory.glob("*.png")} == PLOTS
    assert "<h1>Version 1" in (plots / "index.html").read_text()
    refused = invoke(place, *quick, "--epochs", 1, "--learning-rate", 1e-9)
    page = Path(refused.stdout.splitlines()[-1].split()[-1])
    assert "<h1>Refused network" in page.read_text()
    [rejected] = (root_of(place.store) / "rejected").iterdir()
    assert page.parent.name == rejected.stem


def test_report_that_cannot_be_written_costs_no_model(
    place: Place, quick: Quick
) -> None:
    root_of(place.store).mkdir()
    (root_of(place.store) / "reports").touch()
    run = invoke(place, *quick, "--json")
    assert run.exit_code == 0, run.stderr
    assert json.loads(run.stdout)["version"] == 1
    assert place.store.verify(1) is None
    assert "Version 1 has no report" in run.stderr.splitlines()[-1]


def test_worst_mistake_comes_first(digits: Dataset) -> None:
    rows = digits.rows(slice(4))
    predictions = Predictions(
        labels=np.array([int(rows.labels[0]), 9, 8, 7]),
        confidence=np.array([0.99, 0.5, 0.9, 0.7]),
        truth=rows.labels,
    )
    [axes] = worst_mistakes(rows, predictions).axes
    assert [text.get_text() for text in axes.texts] == [
        f"{rows.labels[2]} → 8, 90.0%",
        f"{rows.labels[3]} → 7, 70.0%",
        f"{rows.labels[1]} → 9, 50.0%",
    ]


def test_predictions_agree_with_the_evaluation(subject: Subject) -> None:
    test = subject.digits.test
    predictions = predict(subject.trained.network, test, 1.5)
    assert predictions.right.sum() == subject.findings.evaluation.right
    assert ((predictions.confidence > 0.1) & (predictions.confidence <= 1)).all()
    cooler = predict(subject.trained.network, test, 0.5)
    assert (cooler.confidence >= predictions.confidence).all()


def test_calibration_error_by_hand() -> None:
    """Two at 0.95 of which one is right, two at 0.55 of which both are."""
    bins = reliability(
        np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, False, True, True])
    )
    assert bins.expected_calibration_error == pytest.approx((0.45 + 0.45) / 2)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_calibration_counts_every_prediction_once(
    predictions: list[tuple[float, bool]],
) -> None:
    confidence = np.array([one for one, _ in predictions])
    right = np.array([one for _, one in predictions])
    bins = reliability(confidence, right)
    assert bins.counts.sum() == len(predictions)
    assert (bins.counts * bins.accuracy).sum() == pytest.approx(right.sum())
    assert 0 <= bins.expected_calibration_error <= 1
