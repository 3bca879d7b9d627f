"""A bucket of S3 in this process: moto's imitation, without a network beyond it."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from threading import Lock, Thread
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import boto3
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

NAME = "digits"


def make_bucket(endpoint: str, name: str = NAME) -> None:
    """An empty bucket of that name; the variables of its keys are set."""
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=name)


@contextlib.contextmanager
def s3_variables(endpoint: str) -> Iterator[None]:
    """The variables that obstore reads, also for programs that are started."""
    given = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "digits",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",  # boto3's name for it
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _one_after_another() -> WSGIApplication:
    """moto's application, which looks whether a key is free and then takes it.

    Two requests at the same time would both be given it; a real S3 refuses one.
    """
    moto, turn = DomainDispatcherApplication(create_backend_app), Lock()

    def application(
        environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        with turn:
            answer: Iterable[bytes] = moto(environ, start_response)
            return answer

    return application


@contextlib.contextmanager
def imitated_bucket(name: str = NAME) -> Iterator[str]:
    """The address of an empty bucket.

    All servers of a process have the same buckets: a test that lists one names its own.
    """
    server = make_server(
        "127.0.0.1",
        0,
        _one_after_another(),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        with s3_variables(endpoint):
            make_bucket(endpoint, name)
            yield f"s3://{name}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
