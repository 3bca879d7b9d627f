"""`traceparent` as W3C's standard reads it, and what the answer says of the trace."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from service.telemetry.trace_context import TraceContext, parse

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        (f"00-{TRACE}-{SPAN}-00", 0),
        (f"00-{TRACE}-{SPAN}-01", 1),
        (f"00-{TRACE}-{SPAN}-ff", 255),
        pytest.param(f"01-{TRACE}-{SPAN}-01", 1, id="a later version"),
        pytest.param(f"cc-{TRACE}-{SPAN}-01-what-may-come", 1, id="one that appends"),
    ],
)
def test_valid_header_is_taken(text: str, flags: int) -> None:
    assert parse(text) == TraceContext(TRACE, SPAN, flags)


INVALID = [
    "",
    "00",
    f"00-{TRACE}-{SPAN}",
    f"00-{TRACE}-{SPAN}-01-",
    f"00-{TRACE}-{SPAN}-01-more",
    f"01-{TRACE}-{SPAN}-01more",
    f"ff-{TRACE}-{SPAN}-01",
    f"00-{TRACE.upper()}-{SPAN}-01",
    f"00-{'0' * 32}-{SPAN}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE[1:]}-{SPAN}-01",
    f"00-{TRACE}-{SPAN}-1",
    f"00-{TRACE}-{SPAN}-0g",
    f" 00-{TRACE}-{SPAN}-01",
    f"00-{TRACE}-{SPAN}-01\n",
    f"00-{TRACE}-{SPAN}-01,00-{TRACE}-{SPAN}-01",
]


@pytest.mark.parametrize("text", INVALID)
def test_invalid_header_is_as_good_as_none(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_ignored(text: str) -> None:
    place = parse(text)
    assert place is None or parse(place.header()) is not None


def test_answer_continues_the_trace_with_a_span_of_its_own(client: FlaskClient) -> None:
    header = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    answers = [client.get("/healthz", headers=header) for _ in range(2)]
    places = [parse(answer.headers["traceresponse"]) for answer in answers]
    spans = {place.span_id for place in places if place and place.trace_id == TRACE}
    assert len(spans) == 2
    assert SPAN not in spans


def test_answer_repeats_only_flags_that_are_known(client: FlaskClient) -> None:
    header = {"traceparent": f"00-{TRACE}-{SPAN}-fd"}
    assert client.get("/healthz", headers=header).headers["traceresponse"][-2:] == "01"


@pytest.mark.parametrize("text", ["", f"00-{'0' * 32}-{SPAN}-01"])
def test_without_a_trace_the_answer_names_none(client: FlaskClient, text: str) -> None:
    answer = client.get("/healthz", headers={"traceparent": text})
    assert "traceresponse" not in answer.headers
