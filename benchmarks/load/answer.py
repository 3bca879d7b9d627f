"""An HTTP answer as it comes in over a connection, at the price of two searches."""

from typing import NamedTuple

_LENGTH = b"\r\ncontent-length:"


class Answer(NamedTuple):
    """A whole answer; `keeps` says whether the connection goes on after it."""

    status: int
    body: bytes
    keeps: bool


def read_answer(received: bytes) -> Answer | None:
    """The one answer that was received; None if more of it has to come.

    Raises ValueError for what is no answer with a Content-Length.
    """
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    head = head.lower()
    _, _, after = head.partition(_LENGTH)
    if len(body) < int(after.partition(b"\r\n")[0]):
        return None
    return Answer(int(received[9:12]), body, b"\r\nconnection: close" not in head)
