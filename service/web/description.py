"""The description of the interface, openapi.json, and a page that shows it."""

import json
import shlex
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from model_store import __version__
from service.web.problems import ProblemType

description = Blueprint("description", __name__)

_SOURCE = Path(__file__).with_name("openapi.json")


@description.get("/openapi.json")
def describe() -> ResponseReturnValue:
    """The OpenAPI document of the service that answers."""
    return _document(request.url_root.rstrip("/"))


@description.get("/docs")
def docs() -> ResponseReturnValue:
    """The same for people."""
    document = _document(request.url_root.rstrip("/"))
    return render_template(
        "docs.html",
        document=_without_references(document),
        problem_types=list(ProblemType),
    )


def _document(address: str) -> dict[str, Any]:
    """The document of this version, with examples for a service at that address."""
    text = _SOURCE.read_text(encoding="utf-8")
    (server,) = json.loads(text)["servers"]
    document: dict[str, Any] = json.loads(
        text.replace(server["url"], json.dumps(address)[1:-1])
    )
    document["info"]["version"] = __version__
    return document


@description.app_template_filter("address")
def address_of(call: str) -> str:
    """The path and query that a curl line asks for, under where the service is."""
    (address,) = (word for word in shlex.split(call) if "://" in word)
    return request.script_root + address.removeprefix(request.url_root.rstrip("/"))


def _without_references(document: dict[str, Any]) -> Any:
    """The document with each `$ref` replaced by what it stands for."""

    def resolved(node: Any) -> Any:
        if isinstance(node, list):
            return [resolved(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return resolved(_target(document, node["$ref"]))
        return {name: resolved(value) for name, value in node.items()}

    return resolved(document)


def _target(document: dict[str, Any], reference: str) -> Any:
    """What "#/components/schemas/Problem" and the like stand for."""
    node = document
    for name in reference.removeprefix("#/").split("/"):
        node = node[name]
    return node
