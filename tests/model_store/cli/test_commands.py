"""python -m model_store: what it prints, and how it ends."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from model_store import Card, Network, __version__
from tests.support.commands import Place
from tests.support.stores import decided_in, write


@pytest.fixture
def three(place: Place, network: Network, card: Card) -> Place:
    """Versions 1, 2 and 3; the second one is broken."""
    for _ in range(3):
        place.store.publish(network, card)
    place.store.path(2).write_bytes(b"broken")
    return place


def test_plain_command_does_what_it_says(three: Place) -> None:
    version = three.run_plainly("model_store", "--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert __version__ in version.stdout
    broken = three.run_plainly("model_store", "verify")
    assert (broken.returncode, broken.stderr) == (1, "")
    missing = three.run_plainly("model_store", "show", "9")
    assert (missing.returncode, missing.stdout) == (2, "")
    [line] = missing.stderr.splitlines()
    assert "no version 9" in line


def test_list_tells_each_version(three: Place) -> None:
    document = three.json("model_store", "list")
    rows = document["versions"]
    assert [row["version"] for row in rows] == [1, 2, 3]
    assert [row["valid"] for row in rows] == [True, False, True]
    assert [row["served"] for row in rows] == [False, False, True]
    assert (document["served"], document["pinned"]) == (3, None)
    assert rows[0]["test_accuracy"] == 0.1
    assert rows[0]["data"] == "mnist"
    assert "000002.npz is not a model" in rows[1]["fault"]


def test_list_for_people_has_a_line_for_each_version(three: Place) -> None:
    heading, first, second, third = three.run("model_store", "list").stdout.splitlines()
    assert heading.split() == ["version", "created", "accuracy", "joules", "data"]
    assert first.split() == ["1", "2026-01-02T03:04:05Z", "0.1000", "-", "mnist"]
    assert "broken" in second
    assert third.endswith("<- served")


def test_empty_store_is_told_how_to_be_filled(place: Place) -> None:
    run = place.run("model_store", "list")
    assert run.code == 0
    assert "python -m trainer train" in run.stdout
    assert place.json("model_store", "list") == {
        "versions": [], "served": None, "pinned": None,
    }  # fmt: skip


def measured_on(card: Card, file: str, rows: object, accuracy: float) -> Card:
    """The card of a version that was tested on such rows."""
    test = {"file": file, "rows": rows, "sha256": 8 * file}
    return replace(
        card,
        data={**card.data, "test": test},
        metrics={**card.metrics, "test_accuracy": accuracy, "test_rows": rows},
    )


def test_list_never_ranks_two_test_sets_in_one_column(
    place: Place, network: Network, card: Card
) -> None:
    for file, rows, accuracy in (
        ("test_100.csv", 100, 0.9),
        ("test.csv", 10_000, 0.8),
        ("test_100.csv", 100, 0.7),
    ):
        place.store.publish(network, measured_on(card, file, rows, accuracy))
    lines = place.run("model_store", "list").stdout.splitlines()
    assert " test A " in lines[0]
    assert " test B " in lines[0]
    accuracies = [line.split()[2:4] for line in lines[1:4]]
    assert accuracies == [["0.9000", "-"], ["-", "0.8000"], ["0.7000", "-"]]
    assert lines[4].startswith("test A: 100 rows of test_100.csv (SHA-256 test_100)")
    assert lines[5].startswith("test B: 10000 rows of test.csv (SHA-256 ")


def test_show_prints_the_whole_metadata_as_json(three: Place, card: Card) -> None:
    document = three.json("model_store", "show", 1)
    assert document == {"version": 1, **card.to_dict()}


def test_show_prints_a_card_that_fits_a_screen(trained_card: Place) -> None:
    lines = trained_card.run("model_store", "show", 1).stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    for told in (
        "version 1, created 2026-01-02T03:04:05",
        "preset=notebook, learning_rate=0.3",
        "learnt 100 rows of MNIST_train_100.csv",
        "tested 100 rows of MNIST_test_100.csv",
        "69 of 100 test rows: 69.00% (95 % interval 59.37% to 77.22%)",
        "257.1 after epoch 1, 6.25 after epoch 50",
        "12.5 J (estimate, 6.25 to 25 J) in 4.5 s",
        "success 10 10 7 9 5 2 8 8 6 4",
        "failure 0 0 3 1 5 8 2 2 4 6",
    ):
        assert told in text


@pytest.fixture
def trained_card(place: Place, network: Network, card: Card) -> Place:
    """A version with all that the trainer writes, in the notes' figures."""
    success, failure = [10, 10, 7, 9, 5, 2, 8, 8, 6, 4], [0, 0, 3, 1, 5, 8, 2, 2, 4, 6]
    tested = measured_on(card, "MNIST_test_100.csv", 100, 0.69)
    whole = replace(
        tested,
        training={"preset": "notebook", "learning_rate": 0.3, "stopped_by": None},
        data={**tested.data, "train": {"file": "MNIST_train_100.csv", "rows": 100}},
        metrics={
            **tested.metrics,
            "per_digit": {"success": success, "failure": failure},
            "cost_history": [257.1, *[100.0] * 48, 6.25],
        },
        energy={
            "source": "estimate", "joules": 12.5, "low_joules": 6.25,
            "high_joules": 25.0, "seconds": 4.5,
        },
    )  # fmt: skip
    place.store.publish(network, whole)
    return place


STRANGE: dict[str, dict[str, Any]] = {
    "nothing known": {"metrics": {}, "data": {}, "training": {}},
    "other types": {
        "metrics": {"test_accuracy": 7, "test_rows": 3, "cost_history": "falling",
                    "per_digit": [1], "validation_accuracy": "good"},
        "data": {"train": "MNIST", "test": ["a"]},
        "energy": {"joules": 1, "low_joules": None, "seconds": "long"},
    },
    "a test set of other types": {
        "data": {"test": {"file": ["x"], "rows": {}, "sha256": []}},
    },
}  # fmt: skip


@pytest.mark.parametrize("changes", STRANGE.values(), ids=STRANGE)
def test_metadata_of_another_program_is_shown_as_far_as_it_is_known(
    place: Place, network: Network, card: Card, changes: dict[str, Any]
) -> None:
    place.store.publish(network, replace(card, **changes))
    assert "unknown" in place.run("model_store", "show", 1).stdout
    assert place.run("model_store", "list").code == 0


def test_verify_names_the_broken_version_and_exits_1(three: Place) -> None:
    run = three.run("model_store", "verify", "--json")
    assert run.code == 1
    document = json.loads(run.stdout)
    assert document["checked"] == [1, 2, 3]
    assert list(document["broken"]) == ["2"]
    text = three.run("model_store", "verify")
    assert text.code == 1
    assert [line for line in text.stdout.splitlines() if "broken" in line] == [
        f"2: broken: {document['broken']['2']}"
    ]


@pytest.mark.parametrize(("version", "code"), [(1, 0), (2, 1), (3, 0)])
def test_verify_checks_one_version(three: Place, version: int, code: int) -> None:
    run = three.run("model_store", "verify", version, "--json")
    assert run.code == code
    assert json.loads(run.stdout)["checked"] == [version]


def test_verify_of_an_empty_store_finds_nothing_broken(place: Place) -> None:
    write(place.store.root / "rejected" / "notes.txt", b"")
    assert place.run("model_store", "verify").stdout.startswith("no versions in ")
    assert place.json("model_store", "verify") == {"checked": [], "broken": {}}


def test_pin_and_unpin(three: Place) -> None:
    assert three.json("model_store", "pin", 1) == {"pinned": 1}
    document = three.json("model_store", "list")
    assert (document["served"], document["pinned"]) == (1, 1)
    assert three.json("model_store", "unpin") == {"pinned": None}
    assert three.json("model_store", "list")["served"] == 3


def test_list_goes_on_with_a_broken_pin(three: Place) -> None:
    three.store.pin(1)
    write(decided_in(three.store) / "PINNED", "one")
    document = three.json("model_store", "list")
    assert (document["served"], document["pinned"]) == (3, None)


def test_prune_tells_what_it_removed(three: Place) -> None:
    document = three.json("model_store", "prune", "--keep", 1)
    assert document == {"removed": [1, 2], "rejected": []}
    assert three.store.versions() == [3]
    assert three.run("model_store", "prune", "--keep", 1).stdout == "removed nothing\n"


def test_prune_counts_no_broken_version(three: Place) -> None:
    assert three.json("model_store", "prune", "--keep", 2)["removed"] == []


def test_prune_keeps_the_best_version(
    place: Place, network: Network, card: Card
) -> None:
    for accuracy in (0.2, 0.9, 0.3, 0.4):
        metrics = {**card.metrics, "test_accuracy": accuracy}
        place.store.publish(network, replace(card, metrics=metrics))
    assert place.json("model_store", "prune", "--keep", 1)["removed"] == [1, 3]


def test_list_marks_the_pinned_version(three: Place) -> None:
    three.store.pin(1)
    document = three.json("model_store", "list")
    assert [row["pinned"] for row in document["versions"]] == [True, False, False]
    _, first, *_ = three.run("model_store", "list").stdout.splitlines()
    assert first.endswith("<- served, pinned")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("9", "version 9 is pinned, but it is missing, broken or withdrawn"),
        ("2", "version 2 is pinned, but it is missing, broken or withdrawn"),
        ("one", "the pin is ignored"),
    ],
)
def test_list_tells_of_a_pin_that_is_not_followed(
    three: Place, text: str, told: str
) -> None:
    three.store.pin(1)
    write(decided_in(three.store) / "PINNED", text)
    assert told in three.run("model_store", "list").stdout.splitlines()[-1]


@pytest.fixture
def only_one_allowed(three: Place, network: Network, card: Card) -> str:
    """Only version 1 is on the allow list; version 3 is another file."""
    three.store.path(3).unlink()
    three.store.publish(network, replace(card, parent=1))
    path = three.root / "SHA256SUMS"
    path.write_text(hashlib.sha256(three.store.path(1).read_bytes()).hexdigest())
    return str(path)


def test_commands_see_what_a_service_with_an_allow_list_sees(
    three: Place, only_one_allowed: str
) -> None:
    listed = {"DIGITS_MODEL_ALLOWLIST": only_one_allowed}
    document = three.json("model_store", "list", **listed)
    assert document["served"] == 1
    assert [row["valid"] for row in document["versions"]] == [True, False, False]
    assert "3  not allowed: " in three.run("model_store", "list", **listed).stdout
    verified = three.run("model_store", "verify", **listed)
    assert verified.code == 1
    assert "3: not allowed: " in verified.stdout
    assert "not on the allow list" in three.run(
        "model_store", "pin", 3, **listed
    ).error_line()  # fmt: skip


def test_prune_keeps_the_only_version_that_is_allowed(
    three: Place, only_one_allowed: str
) -> None:
    allowed = ("--model-allowlist", only_one_allowed)
    document = three.json("model_store", "prune", "--keep", 1, *allowed)
    assert document["removed"] == []
    assert three.store.versions() == [1, 2, 3]


@pytest.mark.parametrize("text", [None, "no sum\n"])
def test_allow_list_that_cannot_be_read_is_told_in_one_line(
    three: Place, text: str | None
) -> None:
    path = three.root / "SHA256SUMS"
    if text:
        path.write_text(text)
    run = three.run("model_store", "prune", "--keep", 1, "--model-allowlist", path)
    assert "SHA256SUMS" in run.error_line()
    assert three.store.versions() == [1, 2, 3]


BAD = {
    "verify a store that is not there": (
        ("verify", "--store", "elsewhere"),
        "there is no model store at elsewhere",
    ),
    "show a missing version": (("show", "9"), "no version 9"),
    "show a broken version": (("show", "2"), "000002.npz is not a model"),
    "verify a missing version": (("verify", "9"), "no version 9"),
    "pin a missing version": (("pin", "9"), "no version 9"),
    "pin a broken version": (("pin", "2"), "000002.npz is not a model"),
    "version 0": (("show", "0"), "x>=1"),
    "a version that is no number": (("pin", "two"), "'two'"),
    "keep nothing": (("prune", "--keep", "0"), "--keep"),
    "keep unsaid": (("prune",), "--keep"),
    "an unknown command": (("remove", "1"), "'remove'"),
    "an unknown option": (("list", "--all"), "--all"),
}


@pytest.mark.parametrize(("arguments", "text"), BAD.values(), ids=BAD)
def test_mistake_is_told_in_one_line(
    three: Place, arguments: tuple[str, ...], text: str
) -> None:
    three.store.pin(1)
    assert text in three.run("model_store", *arguments).error_line()
    assert (three.store.versions(), three.store.pinned()) == ([1, 2, 3], 1)


def test_flags_stand_over_variables(three: Place, place: Place) -> None:
    nowhere = place.root / "nowhere"
    document = three.json("model_store", "list", "--store", nowhere)
    assert document["versions"] == []
