import json
from collections.abc import Iterator
from dataclasses import replace

import httpx
import m3u8
import pytest

from vigie.simulators.media.clock import HandClock
from vigie.simulators.media.faults import Fault, Kind, Resource
from vigie.simulators.media.mpegts import mux_segment
from vigie.simulators.media.program import Part, Segment
from vigie.simulators.media.recording import Recording
from vigie.simulators.media.script import PREPARED, Script, demo_script
from vigie.simulators.media.server import MediaServer
from vigie.simulators.media.vtt import Cue, read_cues

LIVE = demo_script().lives[0]
SIGNED = replace(LIVE, name="signed", signed_for_s=30)
SOON = 0.3

ON_CAPTIONS, ON_SEGMENTS = frozenset({Resource.CAPTIONS}), frozenset({Resource.SEGMENT})
FAULTS = {
    "refused": (Fault(Kind.REFUSE, for_s=99), "audio/19.ts", "503 0"),
    "missing": (Fault(Kind.REFUSE, for_s=99, status=404), "audio/19.ts", "404 0"),
    "listed": (Fault(Kind.REFUSE, for_s=99), "audio.m3u8", "200 all"),
    "mute": (Fault(Kind.REFUSE, for_s=99, status=404, resources=ON_CAPTIONS), "captions.m3u8", "404 0"),
    "wordless": (Fault(Kind.REFUSE, for_s=99, status=404, resources=ON_CAPTIONS), "captions/19.vtt", "404 0"),
    "page": (Fault(Kind.HTML, for_s=99), "video.m3u8", "200 page"),
    "blank": (Fault(Kind.EMPTY, for_s=99), "audio.m3u8", "200 0"),
    "hollow": (Fault(Kind.EMPTY, for_s=99, resources=ON_SEGMENTS), "audio/19.ts", "200 0"),
    "short": (Fault(Kind.TRUNCATE, for_s=99), "audio/19.ts", "200 half"),
    "circle": (Fault(Kind.REDIRECT, for_s=99), "audio.m3u8", "TooManyRedirects"),
    "cut": (Fault(Kind.CUT, for_s=99), "audio/19.ts", "RemoteProtocolError"),
    "down": (Fault(Kind.CUT, for_s=99), "audio.m3u8", "RemoteProtocolError"),
    "reset": (Fault(Kind.RESET, for_s=99), "audio.m3u8", "ReadError"),
    "stalled": (Fault(Kind.STALL, for_s=99), "audio.m3u8", "ReadTimeout"),
    "slow": (Fault(Kind.STALL, for_s=99), "audio/19.ts", "ReadTimeout"),
    "spoken": (Fault(Kind.STALL, for_s=99), "captions.m3u8", "200 all"),
    "lost": (Fault(Kind.SKIP, at_s=38, for_s=1), "audio/19.ts", "404 43"),
    "over": (Fault(Kind.HTML, for_s=42), "audio.m3u8", "200 all"),
}
"""Name of a live: what is wrong with it, what is asked of it, and what a client sees."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def server(clock: HandClock) -> Iterator[MediaServer]:
    """Return a server whose lives stand at second 6."""
    with MediaServer(Script((LIVE, SIGNED)), clock=clock) as server:
        yield server


def load(client: httpx.Client, url: str) -> m3u8.M3U8:
    response = client.get(url, follow_redirects=True)
    response.raise_for_status()
    return m3u8.loads(response.text, uri=str(response.url))


# ── HLS ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_player_finds_its_way_from_the_master_to_a_segment(
    server: MediaServer, client: httpx.Client, french: Recording
) -> None:
    master = load(client, server.url("fr.m3u8"))
    playlist = load(client, master.playlists[1].absolute_uri)
    answer = client.get(playlist.segments[1].absolute_uri)

    assert answer.headers["content-type"] == "video/mp2t"
    assert answer.content == mux_segment(Segment(1, Part(0, 0.0, 0, french)), audio_only=True)


def test_the_playlist_slides_with_the_clock(server: MediaServer, client: httpx.Client, clock: HandClock) -> None:
    seen = []
    for _ in range(4):
        playlist = load(client, server.url("fr/video.m3u8"))
        seen.append((playlist.media_sequence, len(playlist.segments), playlist.is_endlist))
        clock.advance(5)

    assert seen == [(0, 3, False), (0, 5, False), (2, 6, False), (4, 6, False)]


def test_the_dates_of_segments_follow_each_other(server: MediaServer, client: httpx.Client) -> None:
    segments = load(client, server.url("fr/audio.m3u8")).segments
    first = segments[0].program_date_time
    assert first is not None

    assert [(s.program_date_time - first).total_seconds() for s in segments] == [0.0, 2.0, 4.0]


@pytest.fixture(scope="module")
def steady() -> Iterator[MediaServer]:
    """Return a server whose lives stand at second 42.5 for good, with a live for every way to go wrong."""
    clock = HandClock()
    broken = tuple(replace(LIVE, name=name, faults=(fault,)) for name, (fault, _, _) in FAULTS.items())
    with MediaServer(Script((LIVE, SIGNED, *broken), {"fr.vtt": PREPARED / "fr.vtt"}), clock=clock) as server:
        clock.advance(36.5)
        yield server


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("fr/video/20.ts", 200),
        ("fr/video/9.ts", 200),  # out of the playlist, still there
        ("fr/video/8.ts", 404),
        ("fr/video/21.ts", 404),
        ("fr/sound/20.ts", 404),
        ("fr/captions/21.vtt", 404),
        ("fr/sound.m3u8", 404),
        ("de.m3u8", 404),
        ("de.flv", 404),
        ("resolve/de", 404),
        ("resolve/de.m3u8", 404),
        ("files/fr.mp4", 404),
        ("files/..%2Ffr.vtt", 404),
    ],
)
def test_only_what_is_there_can_be_had(steady: MediaServer, client: httpx.Client, path: str, status: int) -> None:
    assert client.get(steady.url(path)).status_code == status


def test_nothing_is_listed_before_the_first_segment_is_complete(client: httpx.Client, clock: HandClock) -> None:
    with MediaServer(Script((replace(LIVE, preroll_s=1.9),)), clock=clock) as server:
        before = client.get(server.url("fr/audio.m3u8")).status_code
        clock.advance(0.2)

        assert (before, client.get(server.url("fr/audio.m3u8")).status_code) == (404, 200)


def test_the_captions_of_all_segments_are_those_of_the_live(
    server: MediaServer, client: httpx.Client, clock: HandClock, french: Recording
) -> None:
    seen: list[Cue] = []
    for number in range(15):
        clock.advance(2)
        answer = client.get(server.url(f"fr/captions/{number}.vtt"))
        assert answer.text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n")
        seen += [cue for cue in read_cues(answer.text) if cue not in seen]

    assert seen == [cue for cue in french.cues if cue.start_s < 30]


def test_the_captions_have_a_playlist_of_their_own(server: MediaServer, client: httpx.Client) -> None:
    media = load(client, server.url("fr.m3u8")).media[0]

    assert (media.type, media.language) == ("SUBTITLES", "fr")
    assert [segment.uri for segment in load(client, media.absolute_uri).segments] == [
        "captions/0.vtt",
        "captions/1.vtt",
        "captions/2.vtt",
    ]


def test_what_was_served_is_written_down(server: MediaServer, client: httpx.Client) -> None:
    for number in (0, 1):
        client.get(server.url(f"fr/audio/{number}.ts"))

    [delivery] = server.deliveries("fr")
    assert (delivery.rendition, delivery.sound.from_s, delivery.sound.to_s) == ("audio", 0.0, 4.032)


# ── faults, as a client sees them ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "path", "seen"), [(name, path, seen) for name, (_, path, seen) in FAULTS.items()])
def test_a_fault_appears_as_scripted(
    steady: MediaServer, client: httpx.Client, name: str, path: str, seen: str
) -> None:
    whole = len(client.get(steady.url(f"fr/{path}")).content)

    assert outcome(client, steady.url(f"{name}/{path}"), whole) == seen


def outcome(client: httpx.Client, url: str, whole: int) -> str:
    try:
        answer = client.get(url, timeout=SOON, follow_redirects=True)
    except httpx.RequestError as error:
        return type(error).__name__
    if answer.headers.get("content-type", "").startswith("text/html"):
        return f"{answer.status_code} page"
    sizes = {whole: "all", whole // 2: "half"}
    return f"{answer.status_code} {sizes.get(len(answer.content), len(answer.content))}"


def test_a_segment_that_was_spoiled_is_not_written_down(server: MediaServer, client: httpx.Client) -> None:
    server.break_live("fr", Fault(Kind.TRUNCATE, for_s=9))
    client.get(server.url("fr/audio/1.ts"))

    assert server.deliveries("fr") == []


def test_answers_are_good_again_when_a_fault_is_over(
    server: MediaServer, client: httpx.Client, clock: HandClock
) -> None:
    server.break_live("fr", Fault(Kind.REFUSE, at_s=6, for_s=2))
    during = client.get(server.url("fr/audio/1.ts")).status_code
    clock.advance(2)

    assert (during, client.get(server.url("fr/audio/1.ts")).status_code) == (503, 200)


def test_a_stalled_answer_comes_when_the_stall_is_over(
    server: MediaServer, client: httpx.Client, clock: HandClock
) -> None:
    server.break_live("fr", Fault(Kind.STALL, at_s=6, for_s=2))
    clock.advance(2)

    assert client.get(server.url("fr/audio.m3u8")).status_code == 200


# ── addresses that expire, files ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["signed.m3u8", "signed.flv", "signed/audio.m3u8", "signed/audio/1.ts"])
@pytest.mark.parametrize("query", ["", "?exp=99999&sig=0"])
def test_an_address_without_a_good_signature_is_refused(
    steady: MediaServer, client: httpx.Client, path: str, query: str
) -> None:
    assert client.get(steady.url(path + query)).status_code == 403


def test_a_signature_opens_everything_until_it_expires(
    server: MediaServer, client: httpx.Client, clock: HandClock
) -> None:
    playlist = load(client, load(client, server.url("resolve/signed.m3u8")).playlists[0].absolute_uri)
    uris = [
        playlist.base_uri + playlist.segments[-1].uri,
        server.url("signed/captions/1.vtt?") + fresh_query(server, client),
    ]
    statuses = []
    for _ in range(2):
        statuses.append([client.get(uri).status_code for uri in uris])
        clock.advance(10)
    clock.advance(20)

    assert statuses == [[200, 200], [200, 200]]
    assert [client.get(uri).status_code for uri in uris] == [403, 403]
    assert load(client, server.url("resolve/signed.m3u8")).playlists[0].uri.startswith("signed/video.m3u8?exp=76&sig=")


def fresh_query(server: MediaServer, client: httpx.Client) -> str:
    return httpx.URL(client.get(server.url("resolve/signed")).json()["hls"]).query.decode()


def test_a_page_gives_fresh_addresses(server: MediaServer, client: httpx.Client) -> None:
    addresses = client.get(server.url("resolve/signed")).json()
    query = fresh_query(server, client)

    assert addresses == {
        "live": "signed",
        "good_for_s": 30,
        "hls": server.url(f"signed.m3u8?{query}"),
        "flv": server.url(f"signed.flv?{query}"),
        "audio_flv": server.url(f"signed/audio.flv?{query}"),
    }
    assert query.startswith("exp=36&sig=")


def test_addresses_without_signature_are_resolved_too(server: MediaServer, client: httpx.Client) -> None:
    assert client.get(server.url("resolve/fr.flv")).headers["location"] == server.url("fr.flv")


@pytest.mark.parametrize(
    ("headers", "status", "span"),
    [({}, 200, (0, None)), ({"Range": "bytes=10-19"}, 206, (10, 20)), ({"Range": "bytes=-5"}, 206, (-5, None))],
)
def test_a_file_is_served_with_ranges(
    steady: MediaServer, client: httpx.Client, headers: dict[str, str], status: int, span: tuple[int, int | None]
) -> None:
    answer = client.get(steady.url("files/fr.vtt"), headers=headers)

    assert answer.status_code == status
    assert answer.content == (PREPARED / "fr.vtt").read_bytes()[slice(*span)]


def test_the_log_is_told_as_json(server: MediaServer, client: httpx.Client) -> None:
    client.get(server.url("fr/audio/0.ts"))

    [entry] = json.loads(client.get(server.url("control/log")).text)
    assert entry["sound"] == {"part": 0, "from_s": 0.0, "to_s": 2.048, "pts_from_s": 10.0, "pts_to_s": 12.048}
