"""The description of the interface, openapi.json."""

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from model_store import __version__

description = Blueprint("description", __name__)

_SOURCE = Path(__file__).with_name("openapi.json")


@description.get("/openapi.json")
def describe() -> ResponseReturnValue:
    """The OpenAPI document of the service that answers."""
    return document_at(request.url_root.rstrip("/"))


def document_at(address: str) -> dict[str, Any]:
    """The document of this version, with examples for a service at that address."""
    text = _SOURCE.read_text(encoding="utf-8")
    (server,) = json.loads(text)["servers"]
    document: dict[str, Any] = json.loads(
        text.replace(server["url"], json.dumps(address)[1:-1])
    )
    document["info"]["version"] = __version__
    return document
