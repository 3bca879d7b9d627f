"""A load generator: one thread, a few kept-alive connections, requests made beforehand.

It has to leave the processors to the service, so it does no more for a request than to
send it, and to hold the answer against the right one.
"""

import itertools
import math
import select
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from benchmarks.load.answer import Answer, read_answer
from benchmarks.load.questions import Questions
from benchmarks.load.tally import Failure, Tally

_CONNECTIONS = 16
_PATIENCE_S = 30.0


@dataclass(eq=False)
class _Connection:
    """A connection, and the request that is under way on it."""

    socket: socket.socket
    picture: int = 0
    due_at: float = 0.0
    sent_at: float = 0.0
    received: bytes = b""
    version: int = 0
    waits: bool = False


class PacedLoad:
    """Asks a service the same questions in turn, and tallies the answers."""

    def __init__(self, port: int, questions: Questions) -> None:
        self._port = port
        self._questions = questions
        self._tally = Tally()
        self._pictures = itertools.cycle(range(len(questions.pngs)))
        self._requests = [_request(png) for png in questions.pngs]
        self._poll = select.epoll()
        self._open: dict[int, _Connection] = {}
        self._idle: deque[_Connection] = deque()
        for _ in range(_CONNECTIONS):
            self._connect()

    def run(self, seconds: float, rate: float = math.inf) -> Tally:
        """Send `rate` requests a second, or as many as there is a connection for.

        A request that finds every connection busy is late; that counts as waiting.
        """
        self._tally, began = Tally(), time.monotonic()
        for sent in itertools.count():
            due_at = began + sent / rate
            while not self._idle or time.monotonic() < due_at:
                self._receive(due_at)
            asked_at = due_at if rate < math.inf else time.monotonic()
            if asked_at >= began + seconds:
                break
            self._send(asked_at)
        while len(self._idle) < _CONNECTIONS:
            self._receive(math.inf)
        self._tally.seconds = time.monotonic() - began
        return self._tally

    def close(self) -> None:
        """End every connection."""
        for connection in self._open.values():
            connection.socket.close()
        self._poll.close()

    def _connect(self) -> None:
        address = ("127.0.0.1", self._port)
        opened = socket.create_connection(address, _PATIENCE_S)
        opened.setblocking(False)  # a request fits into the socket's buffer
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(opened)
        self._open[opened.fileno()] = connection
        self._poll.register(opened, select.EPOLLIN)
        self._idle.append(connection)

    def _renew(self, connection: _Connection) -> None:
        del self._open[connection.socket.fileno()]
        connection.socket.close()
        with suppress(ValueError):
            self._idle.remove(connection)
        self._connect()

    def _send(self, due_at: float) -> None:
        while _has_ended((connection := self._idle.popleft()).socket):
            self._renew(connection)
        connection.picture, connection.due_at = next(self._pictures), due_at
        connection.received, connection.waits = b"", True
        connection.sent_at = time.monotonic()
        try:
            connection.socket.sendall(self._requests[connection.picture])
        except OSError:
            self._fail(connection)

    def _receive(self, until: float) -> None:
        """Take in what arrives, waiting till then at the longest."""
        wait_s = min(max(until - time.monotonic(), 0), 1) if self._idle else 1
        # Rounded to whole milliseconds: to be on time would cost a processor.
        for number, _ in self._poll.poll(math.ceil(wait_s * 1000) / 1000):
            connection = self._open[number]
            try:
                received = connection.socket.recv(65536)
            except OSError:
                received = b""
            if received and connection.waits:
                connection.received += received
                if answer := read_answer(connection.received):
                    self._take(connection, answer)
            elif connection.waits:
                self._fail(connection)
            else:  # the service ended an idle connection
                self._renew(connection)

    def _take(self, connection: _Connection, answer: Answer) -> None:
        now = time.monotonic()
        tally, connection.waits = self._tally, False
        tally.due_at.append(connection.due_at)
        tally.took.append(now - connection.due_at)
        checked = self._questions.check(connection.picture, answer)
        tally.count(answer, checked)
        if checked.version > connection.version > 0:
            tally.swaps.append(now)
        connection.version = checked.version
        if answer.keeps:
            self._idle.append(connection)
        else:
            self._renew(connection)

    def _fail(self, connection: _Connection) -> None:
        self._tally.failures.append(Failure(connection.sent_at, time.monotonic()))
        self._renew(connection)


def _has_ended(idle: socket.socket) -> bool:
    """Whether the service has closed a connection on which nothing is to come."""
    try:
        idle.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:  # reset
        return True
    return True


def _request(png: bytes) -> bytes:
    head = (
        "POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
        f"Content-Length: {len(png)}\r\n\r\n"
    )
    return head.encode() + png
