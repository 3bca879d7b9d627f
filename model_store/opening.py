"""Opens the store at an address: the one place that tells directories and buckets."""

import hashlib
from pathlib import Path

from model_store.address import check_installed, is_bucket
from model_store.files.allow_list import AllowList
from model_store.objects.bucket import Bucket
from model_store.objects.contents import Contents
from model_store.objects.listings import OwnListings, SharedListings
from model_store.objects.path import ObjectPath, Objects
from model_store.store import ModelStore


def open_store(
    address: str,
    state: Path,
    allow_list: AllowList | None = None,
    poll_s: float | None = None,
) -> ModelStore:
    """The store at an address; what is fetched from a bucket is kept in `state`, too.

    poll_s: how often the processes of this host together look into a bucket; None for
    a program that looks for itself. Nothing is read yet. Raises ObjectsMissing.
    """
    if not is_bucket(address):
        return ModelStore(Path(address), state, allow_list)
    check_installed(address)
    root = ObjectPath("", _objects(Bucket(address.rstrip("/")), state, poll_s))
    return ModelStore(root, state, allow_list)


def _objects(bucket: Bucket, state: Path, poll_s: float | None) -> Objects:
    kept = state / "objects" / hashlib.sha256(bucket.url.encode()).hexdigest()[:16]
    listings = SharedListings(bucket, kept, poll_s) if poll_s else OwnListings(bucket)
    return Objects(bucket, listings, Contents(bucket, kept / "contents"))
