"""What has arrived on a connection and what it would take, without waiting for it."""

import select
import socket


def peek(connection: socket.socket, most: int) -> bytes | None:
    """What has arrived, up to that many bytes; None if nothing has yet.

    Nothing is taken away. Empty if the client has closed, or the connection broke.
    """
    try:
        return connection.recv(most, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:  # it broke
        return b""


def takes_answers(connection: socket.socket) -> bool:
    """Whether there is room for an answer: who never reads must not hold us up."""
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    return bool(poll.poll(0))
