"""How many requests each client has sent to all hosts together, counted in Redis.

The same sliding window counter as this host's table (rate_limit.py), kept by the
library limits. Redis must never cost a client its answer: what it does not say within
a tenth of a second is counted on this host for the next second.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from service.access.rate_limit import Rate, Standing, Window
from service.telemetry.metrics import RATE_LIMIT_FALLBACKS

log = logging.getLogger(__name__)

SCHEMES = ("redis", "rediss", "redis+unix")
_ANSWERS_WITHIN_S = 0.1
_ASKED_AGAIN_AFTER_S = 1.0
_LEAST_WAIT_S = 0.001  # of a refused request, whose place came free since


class Counts(Protocol):
    """Counts the requests of clients against a rate."""

    rate: Rate

    def count(self, client: bytes) -> Standing:
        """Count a request if it may pass; returns the client's standing."""


def storage_url(text: str) -> str:
    """The address of a Redis or Valkey server; "" for none. Raises ValueError."""
    if text and urlsplit(text).scheme not in SCHEMES:
        raise ValueError(text)
    return text


class SharedCounts:
    """Counts together with other hosts; with `local` while the server is away.

    Raises ImportError if the library or its Redis client is not installed.

    Attributes:
        rate: what each client may send.
    """

    def __init__(
        self, url: str, local: Counts, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from limits import errors, parse  # noqa: PLC0415 (an extra)
        from limits.storage import RedisStorage  # noqa: PLC0415
        from limits.strategies import SlidingWindowCounterRateLimiter  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        self.rate = local.rate
        self._local = local
        self._clock = clock
        self._item = parse(f"{local.rate.requests} per {local.rate.seconds:.0f} second")
        self._away = errors.StorageError
        self._lock = threading.Lock()
        self._ask_at = 0.0  # of the clock; no thread asks before
        self._server = urlsplit(url).hostname or urlsplit(url).path
        options: dict[str, Any] = {
            "socket_timeout": _ANSWERS_WITHIN_S,
            "socket_connect_timeout": _ANSWERS_WITHIN_S,
            "retry": Retry(NoBackoff(), 0),
        }
        self._storage = RedisStorage(url, wrap_exceptions=True, **options)
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)

    def count(self, client: bytes) -> Standing:
        """Count a request if it may pass; returns the client's standing."""
        if self._may_ask():
            try:
                standing = self._count(client)
            except self._away as error:
                self._fall_back(error)
            else:
                self._ask_at = 0.0
                return standing
        RATE_LIMIT_FALLBACKS.inc()
        return self._local.count(client)

    def _may_ask(self) -> bool:
        """Whether the server answers; while it does not, one thread a second tries."""
        if self._ask_at == 0.0:
            return True
        with self._lock:
            now = self._clock()
            if now < self._ask_at:
                return False
            self._ask_at = now + _ASKED_AGAIN_AFTER_S
            return True

    def _fall_back(self, error: Exception) -> None:
        if self._ask_at == 0.0:
            log.error(
                "the rate limit holds for this host by itself while %s does not answer"
                " (DIGITS_RATE_LIMIT_STORAGE): %s", self._server, error,
            )  # fmt: skip
        self._ask_at = self._clock() + _ASKED_AGAIN_AFTER_S

    def _count(self, client: bytes) -> Standing:
        key = hashlib.blake2b(client, digest_size=16).hexdigest()
        passes = self._limiter.hit(self._item, key)
        before, _, passed, expires_in = self._storage.get_sliding_window(
            self._item.key_for(key), self._item.get_expiry()
        )
        now, seconds = self._clock(), self.rate.seconds
        # A window's count expires two spans after the window began.
        began = now - (2 * seconds - expires_in) if passed else now
        window = self.rate.at(Window(began, before, passed), now)
        wait = 0.0 if passes else max(self.rate.wait(window, now), _LEAST_WAIT_S)
        return self.rate.standing(window, now, wait)
