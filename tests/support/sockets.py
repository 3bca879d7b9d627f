"""Sockets in tests."""

import socket
from collections.abc import Iterator

# A client's end and the server's end of a connection.
Pair = tuple[socket.socket, socket.socket]


def received(connection: socket.socket) -> Iterator[bytes]:
    """What comes until the server closes; a reset after its answer is no fault."""
    try:
        while part := connection.recv(65536):
            yield part
    except ConnectionResetError:
        return
