"""Read deadlines: a client that sends too slowly is cut off, and nobody else."""

import socket

from service.server.deadlines import ReadDeadlines
from tests.support.sockets import Pair
from tests.support.waiting import TIMEOUT_S


def test_connection_whose_time_is_up_receives_nothing_more(pair: Pair) -> None:
    deadlines = ReadDeadlines(seconds=-1)
    deadlines.start(pair[1])
    deadlines.cut_off_late()
    assert pair[1].recv(1) == b""


def test_client_that_was_cut_off_can_still_be_answered(pair: Pair) -> None:
    deadlines = ReadDeadlines(seconds=-1)
    deadlines.start(pair[1])
    deadlines.cut_off_late()
    pair[1].sendall(b"408")
    assert pair[0].recv(3) == b"408"


def test_connection_with_time_left_goes_on(pair: Pair) -> None:
    deadlines = ReadDeadlines(seconds=3600)
    deadlines.start(pair[1])
    deadlines.cut_off_late()
    pair[0].sendall(b"body")
    assert pair[1].recv(4) == b"body"


def test_connection_that_nobody_waits_for_is_left_alone(pair: Pair) -> None:
    deadlines = ReadDeadlines(seconds=-1)
    deadlines.start(pair[1])
    assert deadlines.stop(pair[1])
    deadlines.cut_off_late()
    pair[0].sendall(b"next")
    assert pair[1].recv(4) == b"next"


def test_connection_that_was_cut_off_is_told_apart(pair: Pair) -> None:
    deadlines = ReadDeadlines(seconds=-1)
    deadlines.start(pair[1])
    deadlines.cut_off_late()
    assert not deadlines.stop(pair[1])


def test_connection_that_hung_up_in_this_moment_harms_nobody(pair: Pair) -> None:
    deadlines = ReadDeadlines(seconds=-1)
    other_client, other = socket.socketpair()
    with other_client, other:
        other.settimeout(TIMEOUT_S)
        deadlines.start(pair[1])
        deadlines.start(other)
        pair[1].close()
        deadlines.cut_off_late()
        assert other.recv(1) == b""
