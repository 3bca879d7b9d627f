"""What stands in the documents, for tests that hold them to be true."""

import re
import textwrap

from tests.support.environment import ROOT


def code_blocks(page: str, language: str) -> list[str]:
    """The blocks of a language in a page of the repository, such as docs/python.md."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.M | re.S)
    blocks = [textwrap.dedent(block) for block in found]
    assert blocks, f"{page} has no block of {language}"
    return blocks
