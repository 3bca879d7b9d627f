"""Each kind of problem has a URI that programs can compare and people can follow."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.web.problems import ProblemType
from tests.support.pages import Page

API = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_kinds_can_be_told_apart_and_are_errors() -> None:
    assert len({kind.uri for kind in ProblemType}) == len(ProblemType)
    assert len({kind.title for kind in ProblemType}) == len(ProblemType)
    assert all(400 <= kind.status <= 599 for kind in ProblemType)


@pytest.mark.parametrize("kind", ProblemType)
def test_uri_leads_to_the_explanation(
    bare_client: FlaskClient, kind: ProblemType
) -> None:
    path, _, fragment = kind.uri.partition("#")
    page = Page(bare_client.get(path).text)
    assert fragment in page.ids()
    assert kind.meaning in page.text


@pytest.mark.parametrize("kind", ProblemType)
def test_kind_is_listed_in_the_documents(kind: ProblemType) -> None:
    row = f"`{kind.uri}` | {kind.status} | {kind.title} | {kind.meaning} |"
    assert f'<a id="{kind.anchor}"></a>{row}' in API


def test_description_lists_the_same_kinds(bare_client: FlaskClient) -> None:
    document = bare_client.get("/openapi.json").get_json()
    problem = document["components"]["schemas"]["Problem"]
    assert problem["properties"]["type"]["enum"] == [kind.uri for kind in ProblemType]


def test_examples_of_the_description_are_of_their_kinds(
    bare_client: FlaskClient,
) -> None:
    document = bare_client.get("/openapi.json").get_json()
    kinds = {kind.uri: kind for kind in ProblemType}
    examples = [
        content["example"]
        for response in document["components"]["responses"].values()
        for media_type, content in response["content"].items()
        if media_type == "application/problem+json" and "example" in content
    ]
    assert len(examples) > 10
    for example in examples:
        assert example == kinds[example["type"]].to_dict(example["detail"])
