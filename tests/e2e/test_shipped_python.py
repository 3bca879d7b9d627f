"""The unit tests on the Python of the containers, newer than most machines have."""

import subprocess
from pathlib import Path

from tests.e2e.engine import python_image, running_engine
from tests.e2e.tools import need_tools
from tests.support.environment import ROOT

# Copied: Python and the tests leave files beside the sources. Installed as by make.
INSTALL_AND_TEST = """
cp -r /source/[!.]* .
python -m venv /venv
install="/venv/bin/pip install --quiet --require-hashes --requirement"
$install requirements/uv.txt
SSL_CERT_DIR=/etc/ssl/certs /venv/bin/uv pip install --quiet --python /venv/bin/python \
    --require-hashes --requirement requirements/dev.txt || $install requirements/dev.txt
exec /venv/bin/python -m pytest --numprocesses auto --dist loadfile
"""


def test_unit_tests_pass_on_the_shipped_python(tmp_path: Path) -> None:
    need_tools()
    with running_engine(tmp_path):
        finished = subprocess.run(
            [
                *("docker", "run", "--rm", "--init", "--network", "host"),
                *("--volume", f"{ROOT}:/source:ro", "--workdir", "/work"),
                *(python_image(), "sh", "-ec", INSTALL_AND_TEST),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    assert finished.returncode == 0, finished.stdout + finished.stderr
