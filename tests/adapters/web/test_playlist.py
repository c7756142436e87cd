from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.web.playlist import (
    Key,
    MediaPlaylist,
    NotAPlaylist,
    Part,
    Reader,
    Segment,
    at,
    edge,
    going_back,
    pause_s,
    read,
)

URL = "https://cdn.example/live/index.m3u8?token=1"


def window(first: int, count: int, *, is_complete: bool = False) -> MediaPlaylist:
    segments = tuple(Segment(number, Part(f"{number}.ts"), 2.0) for number in range(first, first + count))
    return MediaPlaylist(segments, target_s=2.0, is_complete=is_complete)


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_live_window_is_read() -> None:
    text = """#EXTM3U
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:7
#EXTINF:5.5,
a/7.ts
#EXT-X-DISCONTINUITY
#EXTINF:6,
/b/8.ts
"""

    assert read(text, URL) == MediaPlaylist(
        (
            Segment(7, Part("https://cdn.example/live/a/7.ts"), 5.5),
            Segment(8, Part("https://cdn.example/b/8.ts"), 6.0, starts_clock=True),
        ),
        target_s=6.0,
        is_complete=False,
    )


def test_a_recording_with_headers_ranges_and_keys_is_read() -> None:
    text = """#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-MAP:URI="all.mp4",BYTERANGE="720@0"
#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x1F
#EXTINF:4,
#EXT-X-BYTERANGE:1000@720
all.mp4
#EXTINF:4,
#EXT-X-BYTERANGE:500
all.mp4
#EXT-X-KEY:METHOD=NONE
#EXT-X-GAP
#EXTINF:4,
missing.mp4
#EXT-X-ENDLIST
"""
    media, init = "https://cdn.example/live/all.mp4", Part("https://cdn.example/live/all.mp4", 0, 720)
    key = Key("https://cdn.example/live/key", bytes(15) + b"\x1f")

    assert read(text, URL) == MediaPlaylist(
        (
            Segment(0, Part(media, 720, 1000), 4.0, init=init, key=key),
            Segment(1, Part(media, 1720, 500), 4.0, init=init, key=key),
            Segment(2, Part("https://cdn.example/live/missing.mp4"), 4.0, init=init, is_missing=True),
        ),
        target_s=4.0,
        is_complete=True,
    )


def test_an_encryption_that_cannot_be_undone_is_named() -> None:
    text = '#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x"\n#EXTINF:4,\n1.ts\n'

    found = read(text, URL)

    assert isinstance(found, MediaPlaylist)
    assert found.encryption == "SAMPLE-AES"


def test_the_parts_of_an_unfinished_segment_are_left_out() -> None:
    text = '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n#EXT-X-PART:DURATION=1,URI="2.1.ts"\n'

    found = read(text, URL)

    assert isinstance(found, MediaPlaylist)
    assert [segment.part.url for segment in found.segments] == ["https://cdn.example/live/1.ts"]


def test_no_playlist_keeps_a_live_waiting_for_long() -> None:
    found = read("#EXTM3U\n#EXT-X-TARGETDURATION:999999999\n#EXTINF:999999999,\n1.ts\n", URL)

    assert isinstance(found, MediaPlaylist)
    assert pause_s(found, has_news=True) == 60.0


@pytest.mark.parametrize(("last", "is_left_behind"), [(99, False), (96, False), (95, True), (3, True)])
def test_numbers_that_begin_anew_are_told_from_a_playlist_that_is_late(last: int, *, is_left_behind: bool) -> None:
    reader = Reader(0)
    reader.steps(window(96, 4))

    assert reader.is_left_behind(window(last - 2, 3)) == is_left_behind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:-1\n#EXTINF:2,\n1.ts",
        f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:{2**70}\n#EXTINF:2,\n1.ts",
        "<!doctype html><p>Sorry</p>",
        "#EXTM3U\n#EXTINF:abc,\n1.ts",
        "#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=axb\nv.m3u8",
        '#EXTM3U\n#EXT-X-STREAM-INF:CODECS="mp4a.40.2"\nv.m3u8',
        '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.42c00c"\nsilent.m3u8',
        '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0xZZ\n#EXTINF:1,\n1.ts',
        "#EXTM3U\n#EXTINF:1,\n#EXT-X-BYTERANGE:x@y\n1.ts",
    ],
)
def test_what_is_no_playlist_is_refused(text: str) -> None:
    with pytest.raises(NotAPlaylist):
        read(text, URL)


@given(
    st.lists(
        st.sampled_from(
            ["#EXTINF:2,", "1.ts", "#EXT-X-MEDIA-SEQUENCE:9", "#EXT-X-ENDLIST", "#EXT-X-KEY:", "\0", "#EXT-X-MAP:"]
        )
        | st.text(),
        max_size=8,
    )
)
def test_any_text_is_read_or_refused(lines: list[str]) -> None:
    with suppress(NotAPlaylist):
        read("\n".join(["#EXTM3U", *lines]), URL)


# ── walking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def walked(*windows: MediaPlaylist, start: int) -> list[tuple[int, bool, bool]]:
    reader = Reader(start)
    steps = [step for one in windows for step in reader.steps(one)]
    return [(step.segment.sequence, step.needs_decoder, step.starts_clock) for step in steps]


def test_each_segment_is_walked_once_with_one_decoder() -> None:
    assert walked(window(0, 4), window(0, 4), window(2, 4), start=1) == [
        (1, True, False),
        *[(number, False, False) for number in (2, 3, 4, 5)],
    ]


def test_a_missed_segment_needs_a_new_decoder_but_no_new_clock() -> None:
    assert walked(window(0, 2), window(5, 2), start=0) == [
        (0, True, False),
        (1, False, False),
        (5, True, False),
        (6, False, False),
    ]


def test_an_older_window_brings_nothing() -> None:
    assert walked(window(5, 2), window(4, 2), start=5) == [(5, True, False), (6, False, False)]


def test_a_discontinuity_needs_both_unless_something_is_missing_before_it() -> None:
    first, second, third = window(0, 3).segments
    jump = MediaPlaylist((first, Segment(1, second.part, 2.0, starts_clock=True)), 2.0, is_complete=False)
    lost = MediaPlaylist((Segment(3, third.part, 2.0, starts_clock=True),), 2.0, is_complete=False)

    assert walked(jump, lost, start=0) == [(0, True, False), (1, True, True), (3, True, False)]


def test_another_header_needs_a_new_decoder() -> None:
    first, second, _ = window(0, 3).segments
    changed = Segment(1, second.part, 2.0, init=Part("other.mp4"))

    assert walked(MediaPlaylist((first, changed), 2.0, is_complete=False), start=0)[1] == (1, True, False)


def test_a_segment_that_the_origin_lacks_is_missing() -> None:
    first, second, third = window(0, 3).segments
    lacking = Segment(1, second.part, 2.0, is_missing=True)

    assert walked(MediaPlaylist((first, lacking, third), 2.0, is_complete=False), start=0) == [
        (0, True, False),
        (2, True, False),
    ]


@given(starts=st.lists(st.integers(0, 60), min_size=1, max_size=20), size=st.integers(1, 8))
def test_no_segment_is_ever_walked_twice(starts: list[int], size: int) -> None:
    numbers = [number for number, _, _ in walked(*[window(start, size) for start in starts], start=0)]

    assert numbers == sorted(set(numbers))


# ── where to begin ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("playlist", "start"),
    [
        (window(10, 6), 13),
        (window(10, 2), 10),
        (window(10, 6, is_complete=True), 10),
        (MediaPlaylist((), 2.0, is_complete=False), 0),
    ],
)
def test_a_live_is_joined_three_segments_before_its_end(playlist: MediaPlaylist, start: int) -> None:
    assert edge(playlist) == start


@pytest.mark.parametrize(
    ("missing_s", "start"), [(-3.0, 15), (0.0, 15), (0.1, 14), (2.0, 14), (2.1, 13), (99.0, 10), (601.0, 15)]
)
def test_a_new_connection_goes_back_as_far_as_something_is_missing(missing_s: float, start: int) -> None:
    assert going_back(window(10, 8), 15, missing_s) == start


@pytest.mark.parametrize(("time_s", "number"), [(0.0, 10), (1.9, 10), (2.0, 11), (11.9, 15), (99.0, 15)])
def test_a_moment_of_a_recording_is_found(time_s: float, number: int) -> None:
    assert at(window(10, 6, is_complete=True), time_s) == number


def test_a_playlist_is_asked_again_after_a_segment_or_half_of_one() -> None:
    assert pause_s(window(0, 3), has_news=True) == 2.0
    assert pause_s(window(0, 3), has_news=False) == 1.0
    assert pause_s(MediaPlaylist((), 6.0, is_complete=False), has_news=False) == 3.0
