"""The inner names of gunicorn and prometheus-client that are used: they are there."""

import socket
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker
from prometheus_client import Histogram

from tests.support.environment import ROOT

USED = {
    "worker": (
        "accept alive cfg enqueue_req finish_request get_thread_pool handle"
        " handle_error handle_request init_signals keepalived_conns load_wsgi"
        " murder_pending nr_conns on_client_socket_readable on_pending_socket_readable"
        " pending_conns poller tpool"
    ),
    "connection": (
        "client close data_ready init initialized parser server set_timeout sock"
        " timeout"
    ),
    "parser": "finish_body unreader",
    "request": "_expected_100_continue body force_close must_close",
    "body": "_read_reader failed read reader",
    "reader": "length",
    "arbiter": "START_CTX maybe_promote_master reexec",
    "histogram": "_buckets _sum _upper_bounds",
}


@pytest.fixture
def objects() -> Iterator[dict[str, Any]]:
    """One object of each kind whose inner names are used."""
    settings = Config()
    worker = ThreadWorker(0, 0, [], None, 30, settings, Logger(settings))
    client, server = socket.socketpair()
    with client, server:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        connection = TConn(settings, server, ("127.0.0.1", 1), ("127.0.0.1", 2))
        connection.init()
        parser: RequestParser = connection.parser
        request = next(parser)
        body: Body = request.body
        assert isinstance(body.reader, LengthReader)
        yield {
            "worker": worker,
            "connection": connection,
            "parser": parser,
            "request": request,
            "body": body,
            "reader": body.reader,
            "arbiter": Arbiter,
            "histogram": Histogram("inner_names", "A test.", registry=None),
        }
    worker.tmp.close()


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in USED for name in USED[kind].split()]
)
def test_inner_name_is_there(objects: dict[str, Any], kind: str, name: str) -> None:
    assert hasattr(objects[kind], name), f"{kind}.{name} has moved"


@pytest.mark.parametrize("package", ["gunicorn", "prometheus-client"])
def test_versions_are_those_whose_inner_names_are_known(package: str) -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    service = document["project"]["optional-dependencies"]["service"]
    assert f"{package}=={version(package)}" in service
