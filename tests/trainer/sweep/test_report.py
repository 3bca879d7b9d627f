"""What a sweep leaves and tells: a page with plots, and a command that trains."""

import json
import shlex
from pathlib import Path

from PIL import Image

from tests.support.commands import Place
from tests.trainer.in_process import invoke, printed

Options = tuple[object, ...]


def test_sweep_ends_with_a_command_that_trains_and_a_page(
    place: Place, tiny: Options, test_csv: Path
) -> None:
    found = printed(place, *tiny)
    assert found["trials"]["complete"] + found["trials"]["pruned"] == 3
    assert set(found["best"]) == {
        "trial", "validation_accuracy", "settings", "command",
    }  # fmt: skip
    words = shlex.split(found["best"]["command"])
    assert words[:4] == ["python", "-m", "trainer", "train"]
    words[words.index("--test") + 1] = str(test_csv)
    trained = printed(place, *words[3:])
    assert trained["validation_accuracy"] == found["best"]["validation_accuracy"]
    card = place.store.load(1).card
    assert {k: card.training[k] for k in found["best"]["settings"]} == (
        found["best"]["settings"]
    )
    page = Path(found["report"])
    assert "python -m trainer train" in page.read_text()
    for path in page.parent.glob("*.png"):
        with Image.open(path) as picture:
            assert min(picture.size) > 300
    assert (page.parent / "history.png").exists()


def test_text_for_people_ends_with_the_command(place: Place, tiny: Options) -> None:
    result = invoke(place, *tiny)
    assert "of the held-out rows right" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("python -m trainer train --preset")
    assert "trial 0 complete: held-out accuracy" in result.stderr


def test_report_that_cannot_be_written_costs_no_result(
    place: Place, tiny: Options
) -> None:
    (place.root / "state").mkdir()
    (place.root / "state" / "sweeps").touch()
    result = invoke(place, *tiny, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["report"] is None
    assert "the sweep has no report" in result.stderr
