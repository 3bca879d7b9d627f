"""The settings of the service: variables, and flags of `python -m service`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from energy.cpus import usable_cpus
from model_store import Canary
from model_store.address import ALLOWED, is_bucket, store_address
from service.access.keys import KeySource
from service.access.origins import Origins
from service.access.proxies import TrustedProxies
from service.access.rate_limit import Rate
from service.access.shared_counts import SCHEMES, storage_url
from service.setting import Setting, choice, number

_MOST_WORKERS = 256


def _text(text: str) -> str | None:
    return text or None


def _file(text: str) -> Path | None:
    return Path(text) if text else None


def _keys(variable: str, text: str) -> Setting:
    allowed = "keys with commas between, or @FILE: a readable file of one key a line"
    return Setting(variable, "", KeySource.parse, allowed, text, secret=True)


def _reload_seconds(text: str) -> float | None:
    seconds = float(text) if text else None
    if seconds is not None and not 0.05 <= seconds <= 3600:
        raise ValueError(text)
    return seconds


def _workers(text: str) -> int:
    number = int(text) if text else math.ceil(usable_cpus())
    if text and not 1 <= number <= _MOST_WORKERS:
        raise ValueError(text)
    return min(number, _MOST_WORKERS)


SETTINGS = (
    Setting("DIGITS_STORE", "./models", store_address, ALLOWED, "The model store."),
    Setting("DIGITS_STATE", "./state", Path, "a directory", "Holds pin and canary."),
    Setting("DIGITS_HOST", "127.0.0.1", str, "an address", "Listen on this address."),
    number("DIGITS_PORT", 8000, 1, 65_535, "Listen on this port."),
    Setting(
        "DIGITS_WORKERS", "", _workers, f"a whole number from 1 to {_MOST_WORKERS}",
        "Worker processes; unset: one for each CPU that may be used.",
    ),
    number("DIGITS_THREADS", 4, 1, 256, "Threads in each worker."),
    choice(
        "DIGITS_FAST_PATH", ("on", "off"), "off: small predictions go to threads, too."
    ),
    number(
        "DIGITS_KEEP_ALIVE_SECONDS", 75, 1, 3600, "How long idle connections are kept."
    ),
    number(
        "DIGITS_DRAIN_SECONDS", 5.0, 0.0, 300.0,
        "SIGTERM: not ready, but still answering, for so long before it stops.",
    ),
    number("DIGITS_MAX_UPLOAD_BYTES", 8 * 2**20, 1, 2**30, "The largest body."),
    number("DIGITS_MAX_PIXELS", 40_000_000, 784, 10**9, "The largest picture."),
    Setting(
        "DIGITS_RELOAD_SECONDS", "", _reload_seconds, "a number from 0.05 to 3,600",
        "How often to look for models; unset: 1, or 10 for a store in a bucket.",
    ),
    choice(
        "DIGITS_LOG_FORMAT", ("text", "json"), "json: also a line for each request."
    ),
    _keys("DIGITS_API_KEYS", "Who may predict: keys, or @FILE; unset: everybody."),
    _keys("DIGITS_ADMIN_TOKEN", "Who may pin: a token, or @FILE; unset: nobody."),
    Setting(
        "DIGITS_RATE_LIMIT", "", Rate.parse,
        "as 60/minute: 1 to 1,000,000 a second, minute or hour",
        "How many predictions each client may ask for, such as 60/minute.",
    ),
    Setting(
        "DIGITS_RATE_LIMIT_STORAGE", "", storage_url,
        "an address such as redis://10.0.0.7:6379, of " + ", ".join(SCHEMES),
        "A Redis or Valkey server: clients are counted over all hosts; unset: on this.",
        secret=True,
    ),
    Setting(
        "DIGITS_TRUSTED_PROXIES", "", TrustedProxies.parse,
        "addresses or networks with commas between, such as 10.0.0.5,192.168.0.0/16",
        "The proxies whose X-Forwarded headers are believed.",
    ),
    Setting(
        "DIGITS_CORS_ORIGINS", "", Origins.parse,
        "origins with commas between, such as https://shop.example, or *",
        "The sites whose pages may call the service from a browser.",
    ),
    Setting(
        "DIGITS_CANARY", "", Canary.parse,
        "as 7:5: a version, and a percentage over 0 and up to 100",
        "7:5: version 7 answers 5 %, as long as `model_store canary` says nothing.",
    ),
    choice(
        "DIGITS_FEEDBACK", ("review", "trust", "off"),
        "Corrections: learnt once a person accepts them, unseen, or not taken.",
    ),
    Setting(
        "DIGITS_FEEDBACK_SECRET", "", _file, "a file of 16 to 64 bytes",
        "The key that all hosts sign answers with; unset: one in the state directory.",
    ),
    Setting(
        "DIGITS_DATABASE_URL", "", _text, "an address of a database",
        "Where corrections are kept: postgresql://...; unset: in the state directory.",
        secret=True,
    ),
    Setting(
        "DIGITS_MODEL_ALLOWLIST", "", _file, "a file of sha256sum lines",
        "Serve only the model files that this file lists.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class ServiceConfig:
    """One value for each of SETTINGS."""

    store: str
    state: Path
    host: str
    port: int
    workers: int
    threads: int
    fast_path: str
    keep_alive_seconds: int
    drain_seconds: float
    max_upload_bytes: int
    max_pixels: int
    reload_seconds: float | None
    log_format: str
    api_keys: KeySource | None
    admin_token: KeySource | None
    rate_limit: Rate | None
    rate_limit_storage: str
    trusted_proxies: TrustedProxies
    cors_origins: Origins
    canary: Canary | None
    feedback: str
    feedback_secret: Path | None
    database_url: str | None
    model_allowlist: Path | None

    @property
    def looks_every_s(self) -> float:
        """How often the store is looked into; a bucket, by all workers together."""
        return self.reload_seconds or (10.0 if is_bucket(self.store) else 1.0)

    @property
    def reloads_every_s(self) -> float:
        """How often each worker takes up what was seen."""
        every_s = self.looks_every_s
        return min(every_s, 1.0) if is_bucket(self.store) else every_s

    @property
    def follows_within_s(self) -> float:
        """Until every worker, of every host, follows what was decided."""
        looks = self.looks_every_s
        return looks + self.reloads_every_s if is_bucket(self.store) else looks

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "ServiceConfig":
        """Read every setting; raises ConfigError for the first that is out of range."""
        return cls(**{setting.field: setting.read(environ) for setting in SETTINGS})
