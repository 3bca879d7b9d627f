"""The page that shows the description of the interface to people."""

import shlex
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.web.description import document_at
from service.web.problems import ProblemType

docs = Blueprint("docs", __name__)


@docs.get("/docs")
def page() -> ResponseReturnValue:
    """Every operation, with a call to copy and to try."""
    document = document_at(request.url_root.rstrip("/"))
    return render_template(
        "docs.html",
        document=_without_references(document),
        problem_types=list(ProblemType),
    )


@docs.app_template_filter("address")
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
