"""The service's settings: defaults, ranges, and one clear error for each mistake."""

import os
from pathlib import Path

import pytest

from service.config import SETTINGS, ConfigError, ServiceConfig


def test_defaults_are_those_of_the_documentation() -> None:
    assert ServiceConfig.from_environ({}) == ServiceConfig(
        store=Path("models"),
        state=Path("state"),
        host="127.0.0.1",
        port=8000,
        workers=len(os.sched_getaffinity(0)),
        threads=4,
        max_upload_bytes=8 * 1024 * 1024,
        max_pixels=40_000_000,
        reload_seconds=1.0,
        log_format="text",
    )


def test_empty_variable_is_one_that_is_not_set() -> None:
    empty = {setting.variable: "" for setting in SETTINGS}
    assert ServiceConfig.from_environ(empty) == ServiceConfig.from_environ({})


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("DIGITS_STORE", "/a/b c", "store", Path("/a/b c")),
        ("DIGITS_STATE", "s", "state", Path("s")),
        ("DIGITS_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("DIGITS_PORT", "1", "port", 1),
        ("DIGITS_PORT", "65535", "port", 65_535),
        ("DIGITS_WORKERS", "3", "workers", 3),
        ("DIGITS_THREADS", "1", "threads", 1),
        ("DIGITS_MAX_UPLOAD_BYTES", "1", "max_upload_bytes", 1),
        ("DIGITS_MAX_PIXELS", "784", "max_pixels", 784),
        ("DIGITS_RELOAD_SECONDS", "0.25", "reload_seconds", 0.25),
        ("DIGITS_LOG_FORMAT", "json", "log_format", "json"),
    ],
)
def test_variable_sets_its_field(
    variable: str, text: str, field: str, value: object
) -> None:
    config = ServiceConfig.from_environ({variable: text, "DIGITS_DATA": "other"})
    assert getattr(config, field) == value


@pytest.mark.parametrize(
    ("variable", "text", "allowed"),
    [
        *(("DIGITS_PORT", text, "whole number from 1 to 65,535")
          for text in ("0", "-1", "65536", "80.5", "http", "8000;", "9" * 5000)),
        *(("DIGITS_WORKERS", text, "from 1 to 256") for text in ("0", "257", "two")),
        *(("DIGITS_THREADS", text, "from 1 to 256") for text in ("0", "257", "1e1")),
        *(("DIGITS_MAX_UPLOAD_BYTES", text, "from 1 to 1,073,741,824")
          for text in ("0", "-8", "8MiB", "1073741825")),
        *(("DIGITS_MAX_PIXELS", text, "from 784 to 1,000,000,000")
          for text in ("783", "1000000001", "inf")),
        *(("DIGITS_RELOAD_SECONDS", text, "a number from 0.05 to 3,600")
          for text in ("0", "-1", "nan", "inf", "1e9", "soon")),
    ],
)  # fmt: skip
def test_value_out_of_range_is_refused_with_what_is_allowed(
    variable: str, text: str, allowed: str
) -> None:
    with pytest.raises(ConfigError) as refusal:
        ServiceConfig.from_environ({variable: text})
    error = refusal.value
    assert (error.variable, error.value) == (variable, text)
    assert allowed in error.allowed
    for part in (variable, repr(text), error.allowed):
        assert part in str(error)
