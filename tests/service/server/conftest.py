"""A connection within the process."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.sockets import Pair
from tests.support.waiting import TIMEOUT_S


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A client's end and the server's end of a connection."""
    client, server = socket.socketpair()
    with client, server:
        server.settimeout(TIMEOUT_S)  # a test fails rather than waits for ever
        yield client, server
