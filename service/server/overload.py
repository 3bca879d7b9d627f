"""What is answered where no more requests can wait: 503, from what is known so far."""

from gunicorn.util import http_date

from service.telemetry import metrics
from service.web.errors import problem
from service.web.middleware import METHODS
from service.web.problems import ProblemType
from service.web.security_headers import security_headers


def overloaded(received: bytes) -> bytes:
    """The whole answer to a request that begins so; it is counted."""
    method = received.partition(b" ")[0].decode("latin-1")
    known = method if method in METHODS else "other"
    metrics.labelled(metrics.HTTP_REQUESTS, known, "unmatched", "503").inc()
    answer = problem(ProblemType.OVERLOAD, "too many requests are waiting already")
    headers = [*answer.headers, ("Date", http_date()), ("Connection", "close")]
    lines = [f"{name}: {value}" for name, value in headers + security_headers(headers)]
    head = "\r\n".join([f"HTTP/1.1 {answer.status}", *lines, "", ""])
    body: bytes = answer.data
    return head.encode("latin-1") + body
