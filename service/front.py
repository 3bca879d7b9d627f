"""The front door: each request is timed, answered and counted here.

POST /predict is by far the commonest request, and Flask's routing, contexts and
request objects would cost more than reading the digit. So it is answered from the WSGI
environ (PEP 3333) as it is; every other request, and what goes wrong with this one, is
Flask's.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from service import metrics
from service.metrics import labelled
from service.predict_one import PredictOne

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Keys of the environ, by which the front and Flask's side tell each other.
CPU_BEGAN = "digits.cpu_began"  # the thread's CPU seconds when the request began
FAILURE = "digits.failure"  # what POST /predict raised
ROUTE = "digits.route"  # the rule that the path matches, as metrics show it

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Front:
    """A WSGI application around Flask's."""

    def __init__(self, flask: Application, predict_one: PredictOne) -> None:
        self._flask = flask
        self._predict_one = predict_one

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer; an answer is counted before any of it is sent, for scrapes to see."""
        began = time.perf_counter()
        environ[CPU_BEGAN] = time.thread_time()

        def counted(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            method, route = environ["REQUEST_METHOD"], environ.get(ROUTE, "unmatched")
            known = method if method in _METHODS else "other"
            labelled(metrics.HTTP_REQUESTS, known, route, status[:3]).inc()
            labelled(metrics.HTTP_SECONDS, route).observe(time.perf_counter() - began)
            return start_response(status, headers, *error)

        if environ["PATH_INFO"] != "/predict" or environ["REQUEST_METHOD"] != "POST":
            return self._flask(environ, counted)
        environ[ROUTE] = "/predict"
        try:
            answer = self._predict_one(environ, environ[CPU_BEGAN])
        except Exception as error:  # noqa: BLE001 (raised again, where Flask answers it)
            environ[FAILURE] = error
            return self._flask(environ, counted)
        length = ("Content-Length", str(len(answer)))
        counted("200 OK", [("Content-Type", "application/json"), length])
        return [answer]
