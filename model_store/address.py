"""Where a store is: a directory, or objects under a prefix of a bucket."""

import re
from importlib.util import find_spec
from typing import Final

from model_store.errors import StoreError

ALLOWED: Final = (
    "a directory, or s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX;"
    " credentials have variables of their own"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_BUCKET = re.compile(r"(s3|gs|az)://[A-Za-z0-9][A-Za-z0-9._-]*(/[^/?#@\s]+)*/?")


class ObjectsMissing(StoreError):
    """What reads buckets is not installed.

    Attributes: address.
    """

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} needs more: pip install 'digits[objects]'")
        self.address = address


def store_address(text: str) -> str:
    """The address of a store. Raises ValueError for what is neither."""
    if is_bucket(text) and not _BUCKET.fullmatch(text):
        raise ValueError(text)
    return text


def without_credentials(text: str) -> str:
    """A text that may be an address, as it may be shown."""
    return re.sub(r"//.*@", "//...@", text)


def is_bucket(address: str) -> bool:
    """Whether it names a bucket; everything without a scheme is a directory."""
    return _SCHEME.match(address) is not None


def check_installed(address: str) -> None:
    """Raises ObjectsMissing if what reads such an address is not installed."""
    if is_bucket(address) and not find_spec("obstore"):
        raise ObjectsMissing(address)
