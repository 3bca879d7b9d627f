"""The service's settings: defaults, ranges, and one clear error for each mistake."""

import math
from ipaddress import ip_network
from pathlib import Path

import pytest

from energy.cpus import usable_cpus
from model_store import Canary
from service import config
from service.access.origins import Origins
from service.access.proxies import TrustedProxies
from service.access.rate_limit import Rate
from service.config import SETTINGS, ServiceConfig
from service.setting import ConfigError


def test_defaults_are_those_of_the_documentation() -> None:
    assert ServiceConfig.from_environ({}) == ServiceConfig(
        store="./models",
        state=Path("state"),
        host="127.0.0.1",
        port=8000,
        workers=math.ceil(usable_cpus()),
        threads=4,
        fast_path="on",
        keep_alive_seconds=75,
        drain_seconds=5.0,
        max_upload_bytes=8 * 1024 * 1024,
        max_pixels=40_000_000,
        reload_seconds=None,
        log_format="text",
        api_keys=None,
        admin_token=None,
        rate_limit=None,
        rate_limit_storage="",
        trusted_proxies=TrustedProxies(),
        cors_origins=Origins(),
        canary=None,
        feedback="review",
        feedback_secret=None,
        database_url=None,
        model_allowlist=None,
    )


@pytest.mark.parametrize(
    ("cpus", "workers"), [(0.25, 1), (1.0, 1), (1.5, 2), (4.0, 4), (512.0, 256)]
)
def test_workers_are_as_many_as_the_cpus_that_may_be_used(
    monkeypatch: pytest.MonkeyPatch, cpus: float, workers: int
) -> None:
    monkeypatch.setattr(config, "usable_cpus", lambda: cpus)
    assert ServiceConfig.from_environ({}).workers == workers


def test_empty_variable_is_one_that_is_not_set() -> None:
    empty = {setting.variable: "" for setting in SETTINGS}
    assert ServiceConfig.from_environ(empty) == ServiceConfig.from_environ({})


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("DIGITS_STORE", "/a/b c", "store", "/a/b c"),
        ("DIGITS_STORE", "s3://b/p", "store", "s3://b/p"),
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
        ("DIGITS_RATE_LIMIT", "60/minute", "rate_limit", Rate(60, 60.0)),
        ("DIGITS_RATE_LIMIT", "1/second", "rate_limit", Rate(1, 1.0)),
        ("DIGITS_RATE_LIMIT", "1000000/hour", "rate_limit", Rate(1_000_000, 3600.0)),
        ("DIGITS_CANARY", "7:0.5", "canary", Canary(7, 0.5)),
        ("DIGITS_CANARY", "000007:100", "canary", Canary(7, 100.0)),
        ("DIGITS_MODEL_ALLOWLIST", "a b", "model_allowlist", Path("a b")),
        (
            "DIGITS_TRUSTED_PROXIES",
            "10.0.0.5, fd00::/8,",
            "trusted_proxies",
            TrustedProxies((ip_network("10.0.0.5/32"), ip_network("fd00::/8"))),
        ),
    ],
)
def test_variable_sets_its_field(
    variable: str, text: str, field: str, value: object
) -> None:
    found = ServiceConfig.from_environ({variable: text, "DIGITS_DATA": "other"})
    assert getattr(found, field) == value


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
        *(("DIGITS_RATE_LIMIT", text, "as 60/minute: 1 to 1,000,000 a second")
          for text in ("60", "0/minute", "1000001/hour", "60/day", "-1/second",
                       "1.5/second", "60 / minute", "/minute", "\u0663/minute")),
        *(("DIGITS_CANARY", text, "as 7:5: a version, and a percentage")
          for text in ("7", "7:", ":5", "0:5", "7:0", "7:100.1", "7:-5", "7:5%",
                       "v7:5", "7:nan", "\u0663:5")),
        *(("DIGITS_TRUSTED_PROXIES", text, "addresses or networks")
          for text in ("*", "proxy", "10.0.0.0/33", "10.0.0.1/8", "1.2.3", "::/129")),
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


@pytest.mark.parametrize("variable", ["DIGITS_API_KEYS", "DIGITS_ADMIN_TOKEN"])
@pytest.mark.parametrize("text", ["sesam \u00f6ffne", "two words", " , ", "a\nb"])
def test_refused_key_is_not_shown(variable: str, text: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        ServiceConfig.from_environ({variable: text})
    assert variable in str(refusal.value)
    assert "@FILE" in str(refusal.value)
    assert text not in str(refusal.value)
    assert text not in refusal.value.value


def test_settings_show_no_key() -> None:
    environ = {"DIGITS_API_KEYS": "open-sesame", "DIGITS_ADMIN_TOKEN": "mellon"}
    shown = repr(ServiceConfig.from_environ(environ))
    assert "sesame" not in shown
    assert "mellon" not in shown
