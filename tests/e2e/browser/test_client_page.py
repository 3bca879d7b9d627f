"""docs/client.md: what it shows to paste works against a running service."""

import base64
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.e2e.browser.conftest import OpenPage
from tests.support import digits
from tests.support.documents import code_blocks
from tests.support.installation import Service

PAGE = "docs/client.md"
[SCRIPT] = code_blocks(PAGE, "javascript")
CALLS = [
    call
    for block in code_blocks(PAGE, "console")
    for call in re.findall(r"^\$ (curl .+)$", block, re.M)
]
assert CALLS  # else the test of them would pass without one
# The function of the page, on a file that is made of base64.
READ = f"""async ([data, service]) => {{
    {SCRIPT}
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    return await readDigit(new File([bytes], "digit.png"), service);
}}"""


def test_script_reads_a_digit_and_tells_what_is_wrong(
    open_page: OpenPage, site: Service
) -> None:
    page = open_page("/docs", told="the server responded with a status of 415")
    picture = base64.b64encode(digits.picture(7)).decode()
    assert page.evaluate(READ, [picture, site.url])["label"] == 7
    with pytest.raises(Error, match="Unknown format"):
        page.evaluate(READ, [base64.b64encode(b"hello").decode(), site.url])


@pytest.mark.parametrize("call", CALLS)
def test_call_is_answered(site: Service, tmp_path: Path, call: str) -> None:
    for name in ("digit", "one", "two"):
        (tmp_path / f"{name}.png").write_bytes(digits.picture(7))
    program, *words = shlex.split(call.replace("http://127.0.0.1:8000", site.url))
    answered = subprocess.run(
        [program, "--silent", "--show-error", "--fail", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"label": 7' in answered.stdout
