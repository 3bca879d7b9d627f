"""A bucket of S3 in this process: moto's imitation, without a network beyond it."""

import contextlib
import os
from collections.abc import Iterator

import boto3
from moto.server import ThreadedMotoServer

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


@contextlib.contextmanager
def imitated_bucket(name: str = NAME) -> Iterator[str]:
    """The address of an empty bucket.

    All servers of a process have the same buckets: a test that lists one names its own.
    """
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        with s3_variables(endpoint):
            make_bucket(endpoint, name)
            yield f"s3://{name}"
    finally:
        server.stop()
