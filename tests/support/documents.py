"""What stands in the documents, for tests that hold them to be true."""

import re

from tests.support.environment import ROOT


def code_blocks(page: str, language: str) -> list[str]:
    """The blocks of a language in a page of the repository, such as docs/python.md."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
    assert blocks, f"{page} has no block of {language}"
    return blocks
