"""python -m trainer: what it refuses, in one line, with nothing written."""

from pathlib import Path

import pytest

from tests.support.commands import Place

Quick = tuple[object, ...]


BAD = {
    "learning rate 0": ("--learning-rate", "0"),
    "learning rate nan": ("--learning-rate", "nan"),
    "learning rate inf": ("--learning-rate", "inf"),
    "epochs -1": ("--epochs", "-1"),
    "epochs 0": ("--epochs", "0"),
    "epochs 1.5": ("--epochs", "1.5"),
    "hidden 0": ("--hidden", "0"),
    "hidden text": ("--hidden", "big"),
    "hidden with a gap": ("--hidden", "500,,200"),
    "hidden beyond memory": ("--hidden", "1000000"),
    "batch size 0": ("--batch-size", "0"),
    "limit 0": ("--limit", "0"),
    "seed -1": ("--seed", "-1"),
    "threads 0": ("--threads", "0"),
    "no seconds": ("--max-seconds", "0"),
    "joules that are no number": ("--max-joules", "some"),
    "activation softmax": ("--activation", "softmax"),
    "unknown loss": ("--loss", "hinge"),
    "unknown preset": ("--preset", "best"),
    "unknown progress": ("--progress", "loud"),
    "unknown option": ("--learn", "1"),
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
def test_bad_argument_is_named_in_one_line(
    place: Place, arguments: tuple[str, ...]
) -> None:
    line = place.run("trainer", "train", "--data", "embedded", *arguments).error_line()
    assert arguments[0] in line
    assert not (place.root / "models").exists()


BAD_SETTINGS = {
    "DIGITS_ENERGY_SOURCE": "coal",
    "DIGITS_WATTS_PER_CPU": "-1",
    "DIGITS_CARBON_GRAMS_PER_KWH": "much",
}


@pytest.mark.parametrize(("variable", "value"), BAD_SETTINGS.items())
def test_bad_setting_is_named_in_one_line(
    place: Place, quick: Quick, variable: str, value: str
) -> None:
    line = place.run("trainer", *quick, **{variable: value}).error_line()
    assert variable in line
    assert value in line
    assert not (place.root / "models").exists()


def test_forced_energy_source_that_is_missing_ends_the_run(
    place: Place, quick: Quick, tmp_path: Path
) -> None:
    (tmp_path / "powercap").mkdir()
    line = place.run(
        "trainer", *quick,
        DIGITS_ENERGY_SOURCE="rapl", DIGITS_POWERCAP_ROOT=str(tmp_path / "powercap"),
    ).error_line()  # fmt: skip
    assert "rapl" in line


def test_store_that_cannot_be_written_is_told_in_one_line(
    place: Place, quick: Quick
) -> None:
    (place.root / "models").touch()
    run = place.run("trainer", *quick, "--json")
    assert (run.code, run.stdout) == (2, "")
    assert str(place.root / "models") in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr
