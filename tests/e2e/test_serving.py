"""A stranger's first minutes: a first model, the service, right answers, a clear no."""

import pytest

from tests.support import digits
from tests.support.installation import Installation


def test_first_model_reads_the_digits(trained: Installation) -> None:
    with trained.serving() as service:
        answers = [service.predict(digits.picture(d)).json() for d in range(10)]
    right = sum(answer["label"] == d for d, answer in enumerate(answers))
    assert right >= 9
    assert {answer["model"]["version"] for answer in answers} == {1}


def test_multipart_upload_gets_the_answer_of_a_raw_body(trained: Installation) -> None:
    picture = digits.picture(3)
    with trained.serving() as service:
        raw = service.predict(picture).json()
        form = service.upload(picture).json()
    assert (form["label"], form["outputs"]) == (raw["label"], raw["outputs"])


def test_first_leaves_a_store_with_a_model_alone(trained: Installation) -> None:
    assert trained.run("trainer", "first").returncode == 0
    assert trained.listed() == [1]


def test_second_server_on_the_port_gives_one_line(trained: Installation) -> None:
    with trained.serving() as service:
        second = trained.run("service")
        assert service.is_ready()
    assert second.returncode not in (0, None)
    assert len(second.stderr.splitlines()) == 1
    assert str(trained.port) in second.stderr


def test_without_a_model_it_lives_but_is_not_ready(place: Installation) -> None:
    with place.serving() as service:
        assert service.get("/healthz").status_code == 200
        refusals = [
            service.get("/readyz"),
            service.predict(digits.picture(1)),
        ]
    for refusal in refusals:
        assert refusal.status_code == 503
        assert refusal.headers["Content-Type"] == "application/problem+json"
        assert "model" in refusal.json()["detail"]
    assert "Retry-After" in refusals[1].headers


@pytest.mark.parametrize("value", ["0", "70000", "http"])
def test_impossible_port_is_named_in_one_line(place: Installation, value: str) -> None:
    program = place.start("service", settings={"DIGITS_PORT": value})
    _, err = program.communicate(timeout=60)
    assert program.returncode == 2
    assert len(err.splitlines()) == 1
    assert "DIGITS_PORT" in err
    assert value in err
