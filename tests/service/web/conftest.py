"""What the tests of the addresses share."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.support.openapi import Document


@pytest.fixture
def admin(client_with: Callable[..., FlaskClient]) -> FlaskClient:
    """A client of a service with the admin token `mellon`."""
    return client_with(DIGITS_ADMIN_TOKEN="mellon")


@pytest.fixture
def document(bare_client: FlaskClient) -> Document:
    found: Document = bare_client.get("/openapi.json").get_json()
    return found
