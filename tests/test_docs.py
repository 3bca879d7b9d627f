"""Routes, metrics, commands and settings: the code and the documents have the same."""

import re
from dataclasses import replace

import click
import pytest
from flask import Flask
from prometheus_client.registry import REGISTRY

from energy import EnergySettings, open_meter
from energy.cli.commands import cli as energy_commands
from feedback.__main__ import main as feedback_commands
from feedback.corrections.records import Usage, Waiting
from model_store import Author, Canary, Card, Model, Network
from model_store.cli.commands import main as store_commands
from model_store.decisions.records import Decision
from model_store.reference import Reference, Shares
from service.app import create_app
from service.config import ServiceConfig
from service.telemetry.scrape.gauges import Gauges
from tests.support.environment import ROOT
from trainer.cli.commands import main as trainer_commands


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture
def app() -> Flask:
    meter = open_meter(EnergySettings(source="none"))
    return create_app(ServiceConfig.from_environ({}), meter)


def test_every_address_is_described(app: Flask) -> None:
    described = set(re.findall(r"/[^\s`?,)]*", read("docs/api.md")))
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            address = rule.rule.replace("<name>", "NAME")
            assert re.sub("<[^>]+>", "N", address) in described, rule


def test_every_address_that_is_described_exists(app: Flask) -> None:
    described = re.findall(r"(GET|POST|DELETE) (/[^\s`?,]*)", read("docs/api.md"))
    assert described
    addresses = app.url_map.bind("localhost")
    for method, address in described:
        addresses.match(re.sub(r"\bN\b", "1", address), method)  # raises NotFound


def named(pattern: str, text: str) -> set[str]:
    """What a pattern's group finds in a text."""
    found = set(re.findall(pattern, text))
    assert found
    return found


def source(*packages: str) -> str:
    """The source text of packages."""
    modules = (m for name in packages for m in sorted((ROOT / name).rglob("*.py")))
    return "\n".join(module.read_text(encoding="utf-8") for module in modules)


@pytest.fixture
def gauges(network: Network, card: Card) -> Gauges:
    """Every gauge that a scrape can have."""
    energy = {"source": "estimate", "joules": 1, "seconds": 1}
    figures = {"co2e_grams": 1, "bulb_seconds": 1}
    shares = Shares.of([0.5], (0.5, 1.0))
    reference = Reference((1,) * 10, shares, shares).to_dict()
    facts = {**card.metrics, "reference": reference}
    known = replace(card, energy={**energy, **figures}, metrics=facts)
    model = Model(1, network, known, published=1.0)
    info = open_meter(EnergySettings(source="estimate")).info
    pinned = Decision.now(Author("anna@desk"), "pin", 1)
    waiting = Waiting(0, None, {1: Usage()})
    return Gauges([model], 1, info, 480, Canary(1, 5), [pinned], waiting)


@pytest.mark.usefixtures("app")
def test_metrics_and_their_descriptions_are_the_same(gauges: Gauges) -> None:
    described = named(r"`(digits_\w+?)(?:_total)?[`{]", section("Of the service"))
    metrics = [*REGISTRY.collect(), *gauges.collect()]
    names = {metric.name for metric in metrics}
    assert described == {name for name in names if name.startswith("digits_")}


def test_recorded_figures_and_their_descriptions_are_the_same() -> None:
    rules = [read(f"deploy/prometheus/{name}.yml") for name in ("rules", "drift")]
    recorded = named(r"record: (\S+)", "".join(rules))
    assert named(r"`(\w+:\w+:\w+)`", section("Recorded by Prometheus")) == recorded


@pytest.mark.parametrize("name", ["rules", "drift", "alerts"])
def test_rules_use_no_metric_that_is_not_described(name: str) -> None:
    described = named(r"`(digits_\w+)[`{]", read("docs/metrics.md"))
    text = re.sub(r"\w+:\w+:\w+|#.*", "", read(f"deploy/prometheus/{name}.yml"))
    for metric in named(r"\b(digits_\w+)", text):
        plain = re.sub("_(bucket|count|sum)$", "", metric)
        assert {metric, plain} & described, metric


def section(heading: str) -> str:
    """What stands under a heading of docs/metrics.md."""
    return read("docs/metrics.md").split(f"\n## {heading}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(
    ("program", "commands"),
    [
        ("trainer", trainer_commands),
        ("model_store", store_commands),
        ("energy", energy_commands),
        ("feedback", feedback_commands),
    ],
)
def test_commands_and_those_of_the_readme_are_the_same(
    program: str, commands: click.Group
) -> None:
    lines = re.findall(rf"^python -m {program} +(.+)", read("README.md"), re.M)
    words = {part.split()[0] for line in lines for part in line.split(" | ")}
    assert words == set(commands.commands)


def test_settings_and_those_of_the_readme_are_the_same() -> None:
    table = read("README.md").split("## Settings")[1].split("\n## ")[0]
    rows = "\n".join(re.findall(r"^\| (`DIGITS.*?) \|", table, re.M))
    read_somewhere = source("service", "trainer", "feedback", "energy", "model_store")
    variable = r"\b(DIGITS_[A-Z]+(?:_[A-Z]+)*)\b"
    assert named(variable, rows) == named(variable, read_somewhere)


def test_every_module_that_the_architecture_names_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)`", read("docs/architecture.md"))
    assert named
    packages = ("service", "trainer", "feedback", "energy", "model_store")
    modules = [f"/{p}" for top in packages for p in (ROOT / top).rglob("*.py")]
    for name in named:
        assert any(module.endswith(f"/{name}") for module in modules), name


def test_every_room_is_in_the_architecture() -> None:
    described = read("docs/architecture.md")
    packages = ("service", "trainer", "feedback", "energy", "model_store")
    rooms = [
        path.parent for top in packages for path in ROOT.glob(f"{top}/*/__init__.py")
    ]
    assert rooms
    for room in rooms:
        assert f"`{room.relative_to(ROOT)}/`" in described or (
            f"`{room.name}/`" in described
        ), room
