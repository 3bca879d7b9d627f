"""Azurite, Microsoft's imitation of Azure's storage, fetched and run by npx."""

import base64
import contextlib
import hashlib
import hmac
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.support.installation import free_port
from tests.support.waiting import TIMEOUT_S, wait_until

_PACKAGE = "azurite@3.37.0"
# Every Azurite has this account and this key; its documentation names them.
_ACCOUNT = "devstoreaccount1"
_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/"
    "KBHBeksoGMGw=="
)


@contextlib.contextmanager
def running_azurite(scratch: Path) -> Iterator[dict[str, str]]:
    """The variables by which obstore finds its container `digits`, which is empty.

    Skips the test where npx or the package is not to be had.
    """
    if not (npx := shutil.which("npx")):
        pytest.skip("npx is not there (Node.js), so Azurite is not tried")
    port = free_port()
    command = (
        *(npx, "--yes", f"--package={_PACKAGE}", "azurite-blob", "--blobPort"),
        *(str(port), "--inMemoryPersistence", "--skipApiVersionCheck"),
        *("--silent", "--disableTelemetry"),
    )
    with (scratch / "azurite.log").open("w") as log:
        azurite = subprocess.Popen(
            command, cwd=scratch, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    endpoint = f"http://127.0.0.1:{port}/{_ACCOUNT}"
    try:
        wait_until(
            "Azurite answers or gives up",
            lambda: azurite.poll() is not None or _made("digits", endpoint),
        )
        if azurite.poll() is not None:
            pytest.skip(f"no Azurite: {(scratch / 'azurite.log').read_text()[-300:]}")
        yield {
            "AZURE_STORAGE_ACCOUNT_NAME": _ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": _KEY,
            "AZURE_STORAGE_ENDPOINT": endpoint,
        }
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(azurite.pid, signal.SIGTERM)
        azurite.wait(TIMEOUT_S)


def _made(container: str, endpoint: str) -> bool:
    """Whether it took the request to make a container, signed with the key."""
    stated = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    lines = ["PUT", *[""] * 11, *(f"{name}:{value}" for name, value in stated.items()),
             f"/{_ACCOUNT}/{_ACCOUNT}/{container}", "restype:container"]  # fmt: skip
    digest = hmac.digest(
        base64.b64decode(_KEY), "\n".join(lines).encode(), hashlib.sha256
    )
    signature = f"SharedKey {_ACCOUNT}:{base64.b64encode(digest).decode()}"
    request = urllib.request.Request(
        f"{endpoint}/{container}?restype=container",
        method="PUT",
        headers={**stated, "Authorization": signature},
    )
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except OSError:  # URLError is one
        return False
    return True
