"""Background work: again and again, beside the program, never holding up its end."""

import threading

import pytest

from service.telemetry.background import every


def test_action_is_repeated_in_a_daemon_thread() -> None:
    calls: list[threading.Thread] = []
    enough, never = threading.Event(), threading.Event()

    def action() -> None:
        calls.append(threading.current_thread())
        if len(calls) == 3:
            enough.set()
            never.wait()

    thread = every(0.001, action, "three times")
    assert enough.wait(timeout=60)
    assert calls == [thread] * 3
    assert thread.daemon
    assert thread.name == "three times"


def test_first_call_waits_for_its_turn() -> None:
    called = threading.Event()
    every(3600, called.set, "hourly")
    assert not called.is_set()


def test_fault_is_logged_while_it_is_new_and_the_next_turn_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    faults = iter(["one", "one", "", "one", "two"])
    enough, never = threading.Event(), threading.Event()

    def action() -> None:
        fault = next(faults, None)
        if fault is None:
            enough.set()
            never.wait()
        if fault:
            raise ZeroDivisionError(fault)

    every(0.001, action, "turns")
    assert enough.wait(timeout=60)
    told = [record.getMessage() for record in caplog.records]
    assert [text.splitlines()[-1] for text in told] == [
        "ZeroDivisionError: one",
        "ZeroDivisionError: one",
        "ZeroDivisionError: two",
    ]
    assert all(text.startswith("turns: Traceback") for text in told)
