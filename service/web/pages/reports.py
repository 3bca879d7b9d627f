"""The trainer's reports over HTTP: the files of a version's own directory only."""

import base64
import hashlib
import re
from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from model_store.place import content_at
from service.web.pages.errors import error_page
from service.web.security_headers import policy
from service.web.services import services

reports = Blueprint("reports", __name__)
reports.register_error_handler(Exception, error_page)

# What a report consists of; nothing else in the directory is given out.
_NAME: Final = re.compile(r"[a-z0-9_-]{1,64}\.[a-z]+")
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "png": "image/png",
    "json": "application/json",
}


@reports.get("/reports/<int(max=999999999):version>/")
def page(version: int) -> ResponseReturnValue:
    """The page of a version's report."""
    return _file(version, "index.html")


@reports.get("/reports/<int(max=999999999):version>/<name>")
def file(version: int, name: str) -> ResponseReturnValue:
    """A picture of it, or its data."""
    return _file(version, name)


def _file(version: int, name: str) -> Response:
    kind = _TYPES.get(name.rpartition(".")[2]) if _NAME.fullmatch(name) else None
    path = services().store.root / "reports" / f"{version:06d}" / name
    content = content_at(path) if kind else None
    if content is None:
        raise NotFound(f"version {version} has no report, or no {name[:40]} in it")
    response = Response(content, content_type=kind)
    response.headers["Content-Security-Policy"] = _policy(content)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _policy(content: bytes) -> str:
    """A report runs no script, and has the style that it holds itself."""
    sheets = re.findall(rb"<style>(.*?)</style>", content, re.S)
    sums = [base64.b64encode(hashlib.sha256(sheet).digest()) for sheet in sheets]
    allowed = " ".join(f"'sha256-{sum_.decode()}'" for sum_ in sums)
    return policy(script="'none'", style=allowed or "'none'")
