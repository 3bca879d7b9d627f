"""The OpenAPI document as tests go through it."""

import shlex
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Each path, method and operation of the document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def target(document: Document, node: Document) -> Document:
    """What a reference stands for; anything else is itself."""
    for name in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
        document = document[name]
    return document if "$ref" in node else node


def address(operation: Document) -> str:
    """The path and query that the operation's call to paste is sent to."""
    (asked,) = (a for a in shlex.split(operation["x-curl"]) if "://" in a)
    return asked.removeprefix("http://localhost")
