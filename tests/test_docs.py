"""The documents name every route, metric, command and setting that the code has."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask
from prometheus_client.registry import REGISTRY

from energy import EnergySettings, open_meter
from energy.cli.commands import cli as energy_commands
from energy.cli.options import carbon_option, root_option, source_option, watts_option
from model_store.__main__ import main as store_commands
from service.app import create_app
from service.config import SETTINGS, ServiceConfig
from trainer.cli.commands import main as trainer_commands

ROOT = Path(__file__).parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture
def app() -> Flask:
    meter = open_meter(EnergySettings(source="none"))
    return create_app(ServiceConfig.from_environ({}), meter)


def test_every_address_is_described(app: Flask) -> None:
    described = read("docs/api.md")
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            address = rule.rule.partition("<")[0] + ("N" if rule.arguments else "")
            assert f"{address}`" in described or f"{address}\n" in described, rule


@pytest.mark.usefixtures("app")
def test_every_metric_is_described() -> None:
    described = read("docs/operations.md")
    own = [m for m in REGISTRY.collect() if m.name.startswith("digits_")]
    assert own
    for metric in own:
        name = metric.name + ("_total" if metric.type == "counter" else "")
        assert f"`{name}" in described, name


@pytest.mark.parametrize(
    ("program", "commands"),
    [
        ("trainer", trainer_commands),
        ("model_store", store_commands),
        ("energy", energy_commands),
    ],
)
def test_every_command_is_named(program: str, commands: click.Group) -> None:
    readme = read("README.md")
    for name in commands.commands:
        lines = [line for line in readme.splitlines() if f"-m {program} " in line]
        assert any(name in line.split("-m ", 1)[1].split() for line in lines), name


def test_every_setting_is_in_the_readme() -> None:
    readme = read("README.md")
    energy = (source_option, root_option, watts_option, carbon_option)
    options = [option(lambda: None).__click_params__[0] for option in energy]  # type: ignore[attr-defined]
    variables = [setting.variable for setting in SETTINGS]
    variables += [option.envvar for option in options]
    trainers = ["DIGITS_DATA", "DIGITS_SCHEDULE", "DIGITS_DATABASE_URL"]
    for variable in [*variables, *trainers]:
        assert f"`{variable}`" in readme, variable


def test_every_module_that_the_architecture_names_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)`", read("docs/architecture.md"))
    assert named
    for name in named:
        assert any(ROOT.glob(f"*/**/{name}")) or (ROOT / name).exists(), name


def test_every_room_is_in_the_architecture() -> None:
    described = read("docs/architecture.md")
    packages = ("service", "trainer", "energy", "model_store")
    rooms = [
        path.parent for top in packages for path in ROOT.glob(f"{top}/*/__init__.py")
    ]
    assert rooms
    for room in rooms:
        assert f"`{room.relative_to(ROOT)}/`" in described or (
            f"`{room.name}/`" in described
        ), room
