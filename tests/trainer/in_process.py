"""The commands in the process of the tests, where every library is loaded already."""

import json
from typing import Any

from click.testing import CliRunner, Result

from tests.support.commands import Place
from trainer.cli.commands import main


def invoke(place: Place, *options: object, **settings: str) -> Result:
    """`python -m trainer`; what it would tell in a line comes as its exception."""
    environ: dict[str, Any] = {**place.environ(), **settings}
    words = [*map(str, options)]
    return CliRunner().invoke(main, words, env=environ, catch_exceptions=False)


def printed(place: Place, *options: object, **settings: str) -> Any:
    """The JSON document that it prints."""
    result = invoke(place, *options, "--json", **settings)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
