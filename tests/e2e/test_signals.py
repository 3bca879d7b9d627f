"""Ctrl-C and SIGTERM in each phase: the documented exit codes, nothing half-written."""

import json
import signal
import socket
from pathlib import Path

import pytest

from tests.support import digits
from tests.support.installation import Installation, Program, press_ctrl_c, stop
from tests.support.waiting import ended, wait_until

ENDINGS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
LONG_TRAINING = (
    *("trainer", "train", "--data", "embedded", "--no-gate"),
    *("--epochs", "100000", "--progress", "json", "--json"),
)


@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_signal_stops_a_training_that_writes_nothing(
    place: Installation, number: signal.Signals, code: int
) -> None:
    with ended(training := place.start(*LONG_TRAINING)):
        _wait_for_epoch(training)
        assert stop(training, number) == code
        _assert_quiet(training)
    assert place.listed() == []
    assert not [path for path in place.store.rglob("*") if path.is_file()]


@pytest.mark.parametrize("library", ["numpy", "scipy", "sklearn"])
@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_signal_stops_a_trainer_that_loads_its_libraries(
    place: Installation, number: signal.Signals, code: int, library: str
) -> None:
    with ended(training := place.start(*LONG_TRAINING)):
        wait_until("the library is being loaded", lambda: _maps(training, library))
        assert stop(training, number) == code
        _assert_quiet(training)


@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_signal_stops_a_schedule_that_waits(
    trained: Installation, number: signal.Signals, code: int
) -> None:
    digits.write_mnist(trained.data)
    waiting = trained.start(
        *("trainer", "schedule", "--cron", "0 3 1 1 *", "--no-gate"),
        *("--hidden", "10", "--epochs", "1"),
    )
    with ended(waiting):
        second = trained.versions / "000002.npz"
        wait_until("the full training is done", second.exists)
        assert stop(waiting, number) == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_service_ends_well_and_finishes_what_it_has_begun(
    trained: Installation, number: signal.Signals
) -> None:
    with trained.serving() as service:
        wait_until("the service is ready", service.is_ready)
        with socket.create_connection(("127.0.0.1", trained.port)) as upload:
            finish = _begin_prediction(upload)
            service.process.send_signal(number)
            upload.sendall(finish)
            assert _read_all(upload).startswith(b"HTTP/1.1 200")
        assert service.process.wait(60) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_service_that_waits_for_a_model_ends_well(
    place: Installation, number: signal.Signals
) -> None:
    with place.serving() as service:
        assert stop(service.process, number) == 0


def test_ctrl_c_while_the_workers_start_is_quiet(trained: Installation) -> None:
    with ended(service := trained.start("service")):
        assert service.stderr is not None
        while "Booting worker" not in service.stderr.readline():
            assert service.poll() is None
        press_ctrl_c(service)
        assert service.wait(60) == 0
        _assert_quiet(service)


def _wait_for_epoch(training: Program) -> None:
    assert training.stderr is not None
    for line in training.stderr:
        if "epoch" in json.loads(line):
            return
    raise AssertionError("the training ended before its first epoch")


def _assert_quiet(program: Program) -> None:
    out, err = program.communicate()
    assert out == ""
    assert [line for line in err.splitlines() if line.startswith("Traceback")] == []


def _maps(program: Program, library: str) -> bool:
    return library in Path(f"/proc/{program.pid}/maps").read_text()


def _begin_prediction(upload: socket.socket) -> bytes:
    """Send a request but for its last bytes, which are returned."""
    picture = digits.picture(4)
    upload.sendall(
        b"POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
        b"Connection: close\r\n"
        b"Content-Length: %d\r\n\r\n" % len(picture) + picture[:-10]
    )
    return picture[-10:]


def _read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))
