"""The scripts and style sheets of the pages, at addresses that change with them.

The address holds a digest of all of them. So a browser keeps a file for good, and no
page runs with a script of another version.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

FOLDER = Path(__file__).with_name("static")
_FOR_GOOD = "public, max-age=31536000, immutable"


def serve_assets(app: Flask) -> None:
    """Serve FOLDER; `url_for("static", filename=...)` gives an address in it."""
    current = _digest(FOLDER)

    def asset(digest: str, filename: str) -> Response:
        response = send_from_directory(FOLDER, filename)
        # A page of another version may ask here while a fleet is renewed.
        if digest == current:
            response.headers["Cache-Control"] = _FOR_GOOD
        return response

    def fill_in(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["digest"] = current

    app.add_url_rule("/static/<digest>/<path:filename>", "static", asset)
    app.url_defaults(fill_in)


def _digest(folder: Path) -> str:
    """12 hex digits that differ when a name or content of a file does."""
    sha256 = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        sha256.update(f"{path.relative_to(folder)} {len(content)}\n".encode())
        sha256.update(content)
    return sha256.hexdigest()[:12]
