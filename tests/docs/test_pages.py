"""What stands in the documents: JSON parses, commands and their options exist."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from energy.cli.commands import cli as energy_commands
from model_store.cli.commands import main as store_commands
from tests.support.environment import ROOT
from trainer.cli.commands import main as trainer_commands

PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
PROGRAMS = {
    "trainer": trainer_commands,
    "model_store": store_commands,
    "energy": energy_commands,
}
_COMMAND = re.compile(r"python -m (\w+) ([^`\n|]*)")


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.M | re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_samples_of_json_parse(page: Path) -> None:
    for block in _blocks(page.read_text(encoding="utf-8"), "json"):
        json.loads(block)


def _commands(text: str) -> list[tuple[str, list[str]]]:
    """Each command of our programs that is written out, with its words."""
    joined = re.sub(r"\\\n\s*", " ", text)
    found = []
    for program, rest in _COMMAND.findall(joined):
        if program in PROGRAMS and rest.strip():
            found.append((program, shlex.split(rest, comments=True)))
    return found


def _command(program: click.Command, words: list[str]) -> click.Command:
    """The command that the words name, as far as they name one."""
    while isinstance(program, click.Group) and words and words[0] in program.commands:
        program, words = program.commands[words[0]], words[1:]
    return program


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_of_written_commands_exist(page: Path) -> None:
    for program, words in _commands(page.read_text(encoding="utf-8")):
        command = _command(PROGRAMS[program], words)
        known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
        used = {word.split("=")[0] for word in words if word.startswith("--")}
        assert used <= known | {"--help"}, (program, words)


def test_every_page_is_in_the_contents() -> None:
    contents = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^([\w-]+)$", contents, re.M))
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}
    assert pages <= listed, pages - listed


def test_every_page_names_its_kind_as_the_contents_do() -> None:
    contents = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    parts = re.findall(r":caption: (\S+)\n:maxdepth: 1\n\n(.*?)\n```", contents, re.S)
    assert [caption for caption, _ in parts] == [
        "Tutorials", "How-to", "Reference", "Explanation",
    ]  # fmt: skip
    for caption, pages in parts:
        for page in pages.split():
            if page != "changelog":  # the repository's own file
                text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
                assert f"\n*{caption.removesuffix('s')}.* " in text, page
