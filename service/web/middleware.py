"""The middleware: each request is named, timed, answered and counted here.

POST /predict is by far the commonest request, and Flask's routing, contexts and
request objects would cost more than reading the digit. So it is answered from the WSGI
environ (PEP 3333) as it is, and every other request by Flask.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from service.access.admission import RATE_FIELDS
from service.telemetry import metrics
from service.telemetry.logged_response import COUNTED_VERSION, LoggedResponse
from service.telemetry.metrics import labelled
from service.telemetry.version_series import count_answer
from service.web.predict import CPU_BEGAN, Predict
from service.web.security_headers import security_headers
from service.web.services import Services

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

ROUTE = "digits.route"  # in the environ: the rule that the path matches, for metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Middleware:
    """A WSGI application around Flask's."""

    def __init__(self, flask: Application, services: Services) -> None:
        self._flask = flask
        self._proxies = services.config.trusted_proxies
        self._origins = services.config.cors_origins
        self._access_log = services.access_log
        self._predict = Predict(services)

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
            labelled(metrics.HTTP_SECONDS, route).observe_times(seconds, 1)
            if (version := environ.get(COUNTED_VERSION)) is not None:
                count_answer(version, status, seconds)
            limits = environ.get(RATE_FIELDS, ())
            origins = self._origins.headers(environ)
            headers = [*headers, *ids, *limits, *origins, *security_headers(headers)]
            response = LoggedResponse(known, route, status, headers, seconds)
            self._access_log.end(environ, response)
            return start_response(status, headers, *error)

        if environ["PATH_INFO"] == "/predict" and environ["REQUEST_METHOD"] == "POST":
            environ[ROUTE] = "/predict"
            return self._predict(environ, counted)
        return self._flask(environ, counted)
