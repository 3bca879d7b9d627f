"""The description is good enough for others' programs: a linter, a maker of clients."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

from tests.support import digits
from tests.support.installation import Service

ASKING = """
import base64, sys
from digits_client import Client, models
from digits_client.api.inference import infer, v_2_index
from digits_client.api.instances import predict_instances
from digits_client.api.prediction import predict, predict_batch
from digits_client.types import File

service, path = Client(sys.argv[1]), sys.argv[2]
picture = lambda: File(open(path, "rb"), "digit.png", "image/png")
base64_text = base64.b64encode(open(path, "rb").read()).decode()
labels = [
    predict.sync(client=service, body=models.Form(image=picture())).label,
    predict.sync(client=service, body=models.PictureInJson(image=base64_text)).label,
    predict.sync(client=service, body=picture()).label,
    predict_batch.sync(
        client=service, body=models.BatchForm(image=[picture()])
    ).predictions[0].label,
    infer.sync(client=service, body=models.V2Request(inputs=[models.V2Input(
        name="x", datatype=models.V2InputDatatype.BYTES, shape=[1], data=[base64_text]
    )])).outputs[1].data[0],
    predict_instances.sync(client=service, body=models.V1Request(
        instances=[{"b64": base64_text}]
    )).predictions[0].label,
]
assert len(set(labels)) == 1, labels
refused = predict.sync(client=service, body=models.PictureInJson(image="AAAA"))
assert refused.type_ == "/docs#problem-unknown-format", refused
assert v_2_index.sync(client=service, body=models.V2IndexRequest())[0].state == "READY"
"""


def _run(*command: object, cwd: Path) -> str:
    """Run a program to its end; what it says."""
    end = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        # The maker calls the ruff of its own environment.
        env={**os.environ, "PATH": f"{cwd}/venv/bin:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert end.returncode == 0, end.stdout + end.stderr
    return end.stdout + end.stderr


@pytest.fixture
def description(service: Service, tmp_path: Path) -> Path:
    """A file with the description of the service."""
    path = tmp_path / "openapi.json"
    path.write_bytes(service.get("/openapi.json").content)
    return path


def test_redocly_finds_nothing(description: Path) -> None:
    if shutil.which("npx") is None:
        pytest.skip("no npx here")
    # A report's address ends in a slash, as its links are relative to it.
    _run(
        "npx", "--yes", "@redocly/cli@2", "lint", "--max-problems=1000",
        "--skip-rule=no-path-trailing-slash", description.name, cwd=description.parent,
    )  # fmt: skip


def test_generated_client_asks_in_every_way(
    service: Service, description: Path, tmp_path: Path
) -> None:
    """In an environment of its own: it wants another ruff than ours."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    _run(python, "-m", "pip", "install", "-q", "openapi-python-client", cwd=tmp_path)
    maker = python.with_name("openapi-python-client")
    said = _run(
        maker, "generate", "--path", description, "--output-path", "client",
        cwd=tmp_path,
    )  # fmt: skip
    assert "warning" not in said.lower()
    (tmp_path / "digit.png").write_bytes(digits.picture(7))
    _run(python, "-c", ASKING, service.url, tmp_path / "digit.png",
         cwd=tmp_path / "client")  # fmt: skip
