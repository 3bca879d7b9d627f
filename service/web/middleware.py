"""The front door: each request is named, timed, answered and counted here.

POST /predict is by far the commonest request, and Flask's routing, contexts and
request objects would cost more than reading the digit. So it is answered from the WSGI
environ (PEP 3333) as it is; every other request, and what goes wrong with this one, is
Flask's.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from service.access.admission import RATE_FIELDS
from service.telemetry import metrics
from service.telemetry.logged_response import LoggedResponse
from service.telemetry.metrics import labelled
from service.web.predict import PredictOne
from service.web.security_headers import security_headers
from service.web.services import Parts

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Keys of the environ, by which the front and Flask's side tell each other.
CPU_BEGAN = "digits.cpu_began"  # the thread's CPU seconds when the request began
FAILURE = "digits.failure"  # what was raised before Flask had the request
ROUTE = "digits.route"  # the rule that the path matches, as metrics show it

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Front:
    """A WSGI application around Flask's."""

    def __init__(self, flask: Application, parts: Parts) -> None:
        self._flask = flask
        self._proxies = parts.config.trusted_proxies
        self._access_log = parts.access_log
        self._admission = parts.admission
        self._predict_one = PredictOne(parts)

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer; an answer is counted before any of it is sent, for scrapes to see."""
        began = time.perf_counter()
        environ[CPU_BEGAN] = time.thread_time()
        # As Flask's router reads it: //predict must not pass by the keys.
        environ["PATH_INFO"] = "/" + environ["PATH_INFO"].lstrip("/")
        ids = self._access_log.begin(environ)
        self._proxies.apply(environ)

        def counted(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            method, route = environ["REQUEST_METHOD"], environ.get(ROUTE, "unmatched")
            known = method if method in METHODS else "other"
            labelled(metrics.HTTP_REQUESTS, known, route, status[:3]).inc()
            seconds = time.perf_counter() - began
            labelled(metrics.HTTP_SECONDS, route).observe(seconds)
            limits = environ.get(RATE_FIELDS, ())
            headers = [*headers, *ids, *limits, *security_headers(headers)]
            response = LoggedResponse(known, route, status, headers, seconds)
            self._access_log.end(environ, response)
            return start_response(status, headers, *error)

        answer = self._answer(environ)
        if answer is None:
            return self._flask(environ, counted)
        length = ("Content-Length", str(len(answer)))
        counted("200 OK", [("Content-Type", "application/json"), length])
        return [answer]

    def _answer(self, environ: Environ) -> bytes | None:
        """The answer to an admitted POST /predict; None for what is Flask's."""
        try:
            self._admission.check(environ)
            if (
                environ["PATH_INFO"] == "/predict"
                and environ["REQUEST_METHOD"] == "POST"
            ):
                environ[ROUTE] = "/predict"
                return self._predict_one(environ, environ[CPU_BEGAN])
        except Exception as error:  # noqa: BLE001 (raised again, where Flask answers it)
            environ[FAILURE] = error
        return None
