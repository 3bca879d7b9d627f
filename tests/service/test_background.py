"""Background work: again and again, beside the program, never holding up its end."""

import threading

from service.background import every


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
