"""The form of the log: gunicorn's lines, or one JSON object a line.

Each line that is written while a request is answered carries that request's ids.
"""

import contextlib
import json
import logging
import os
import warnings
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

# {"request_id": ..., "trace_id": ..., "span_id": ...} of this thread's request.
current_ids: ContextVar[Mapping[str, str]] = ContextVar("current_ids")
NO_IDS: Mapping[str, str] = {}
_STDERR = 2


class TextFormatter(logging.Formatter):
    """gunicorn's form, and the request's id if there is a request."""

    def __init__(self) -> None:
        super().__init__("[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's)
        """The line, before any traceback."""
        line = super().formatMessage(record)
        ids = current_ids.get(NO_IDS)
        return f"{line} [{ids['request_id']}]" if ids else line


class JsonFormatter(logging.Formatter):
    """One JSON object a record; a traceback is one of its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The object as one line."""
        line = {
            "time": _time(record.created),
            "level": record.levelname,
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
            **current_ids.get(NO_IDS),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class JsonLogger(Logger):  # type: ignore[misc]
    """gunicorn's own log as JSON."""

    def setup(self, cfg: Any) -> None:
        """Set up gunicorn's log, then change its form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())


def set_up_logging(log_format: str) -> None:
    """Write this process's log to stderr, as "text" or as "json".

    Pillow's messages about damaged pictures are left out, as the client gets the error,
    and what Alembic says of its own work.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", module=r"PIL\.")


def write_request(ids: Mapping[str, str], facts: Mapping[str, Any]) -> None:
    """Write a line for one answered request; if it cannot be written, go on.

    Not by the logging module, which takes several times as long; in one call, so that
    lines of several workers do not mix.
    """
    line = {"time": _time(), "level": "INFO", "logger": "request", "pid": os.getpid()}
    text = json.dumps({**line, **ids, **facts}) + "\n"
    with contextlib.suppress(OSError):
        os.write(_STDERR, text.encode())


def _time(seconds: float | None = None) -> str:
    now = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return now.isoformat(timespec="milliseconds")
