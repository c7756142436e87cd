import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from vigie.simulators.dropping import BrokenResponse
from vigie.simulators.media.faults import Fault, Kind
from vigie.simulators.media.spoiling import PAGE, spoil

REQUEST = Request(
    {"type": "http", "method": "GET", "path": "/fr.m3u8", "query_string": b"exp=1", "headers": [(b"host", b"here:1")]}
)
GOOD = Response(b"0123456789", media_type="video/mp2t")


@pytest.mark.parametrize(
    ("fault", "status", "body", "media_type"),
    [
        (Fault(Kind.REFUSE, for_s=1), 503, b"", None),
        (Fault(Kind.REFUSE, for_s=1, status=404), 404, b"", None),
        (Fault(Kind.HTML, for_s=1), 200, PAGE.encode(), "text/html"),
        (Fault(Kind.EMPTY, for_s=1), 200, b"", "video/mp2t"),
        (Fault(Kind.TRUNCATE, for_s=1), 200, b"01234", "video/mp2t"),
        (Fault(Kind.MISLABEL, for_s=1), 200, b"0123456789", "text/html"),
        (Fault(Kind.REDIRECT, for_s=1), 302, b"", None),
    ],
)
def test_a_fault_makes_another_answer_of_a_good_one(
    fault: Fault, status: int, body: bytes, media_type: str | None
) -> None:
    spoiled = spoil(GOOD, fault, REQUEST)

    assert (spoiled.status_code, spoiled.body, spoiled.media_type) == (status, body, media_type)


def test_an_endless_redirect_points_to_itself() -> None:
    assert spoil(GOOD, Fault(Kind.REDIRECT, for_s=1), REQUEST).headers["location"] == "http://here:1/fr.m3u8?exp=1"


@pytest.mark.parametrize(("status", "asked"), [(429, "3"), (503, None), (404, None)])
def test_a_busy_server_says_when_to_come_back(status: int, asked: str | None) -> None:
    refused = spoil(GOOD, Fault(Kind.REFUSE, for_s=2.5, status=status), REQUEST)

    assert refused.headers.get("retry-after") == asked


def test_a_truncated_answer_promises_no_more_than_it_holds() -> None:
    assert spoil(GOOD, Fault(Kind.TRUNCATE, for_s=1), REQUEST).headers["content-length"] == "5"


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.RESET])
def test_a_cut_answer_promises_everything(kind: Kind) -> None:
    spoiled = spoil(GOOD, Fault(kind), REQUEST)

    assert isinstance(spoiled, BrokenResponse)
    assert spoiled.headers["content-length"] == "10"


def test_a_stream_that_has_not_begun_can_be_spoiled_too() -> None:
    stream = StreamingResponse(iter([b"never"]), media_type="video/x-flv")

    assert spoil(stream, Fault(Kind.EMPTY, for_s=1), REQUEST).body == b""
