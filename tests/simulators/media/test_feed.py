import struct
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.simulators.media.deliveries import Sound
from vigie.simulators.media.faults import Fault, Kind
from vigie.simulators.media.feed import FlvFeed
from vigie.simulators.media.program import Program, plan
from vigie.simulators.media.recording import load_recording
from vigie.simulators.media.script import PREPARED

AUDIO, VIDEO, HEADER, CODED = 8, 9, 0, 1
LIVES = {name: load_recording(PREPARED / f"{name}.mp4") for name in ("fr", "en")}


def tags(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (tag type, packet type, milliseconds) of every sound and picture (Adobe FLV 10.1, annex E)."""
    assert stream[:3] == b"FLV"
    at = 13
    while at < len(stream):
        kind, size, low, high = struct.unpack_from(">B3s3sB", stream, at)
        if kind in {AUDIO, VIDEO}:
            yield kind, stream[at + 12], int.from_bytes(bytes([high]) + low)
        at += 15 + int.from_bytes(size)


def sound_ms(stream: bytes) -> list[int]:
    return [ms for kind, packet, ms in tags(stream) if (kind, packet) == (AUDIO, CODED)]


def taken(program: Program, moments_s: list[float], *, audio_only: bool = True) -> tuple[bytes, list[Sound]]:
    feed = FlvFeed(program.segment(0), audio_only=audio_only)
    body = b""
    sounds: list[Sound] = []
    for at_s in moments_s:
        more, heard = feed.take(program, at_s)
        body, sounds = body + more, sounds + heard
    return body, sounds


def test_nothing_is_sent_before_it_is_due() -> None:
    body, sounds = taken(plan(LIVES, "fr", ()), [0.99])

    assert sound_ms(body) == [10_000 + 64 * n for n in range(16)]
    assert sounds == [Sound(0, 0.0, 1.024, 10.0, 11.024)]


def test_both_headers_come_first_and_pictures_are_paced_too() -> None:
    body, _ = taken(plan(LIVES, "fr", ()), [0.99], audio_only=False)
    found = list(tags(body))

    assert found[:4] == [
        (AUDIO, HEADER, 10_000),
        (VIDEO, HEADER, 10_000),
        (VIDEO, CODED, 10_000),
        (AUDIO, CODED, 10_000),
    ]
    assert [ms for kind, packet, ms in found if (kind, packet) == (VIDEO, CODED)] == [
        10_000 + 200 * n for n in range(5)
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 20), min_size=1, max_size=20).map(sorted))
def test_every_frame_comes_once_however_the_looks_fall(moments_s: list[float]) -> None:
    body, sounds = taken(plan(LIVES, "fr", ()), [*moments_s, 20.0])

    assert sound_ms(body) == [10_000 + 64 * n for n in range(313)]
    assert all(abs(after.from_s - before.to_s) < 1e-6 for before, after in pairwise(sounds))


def test_rounds_follow_each_other_with_continuous_timestamps() -> None:
    program = plan(LIVES, "fr", ())
    feed = FlvFeed(program.segment(95), audio_only=True)
    body, sounds = feed.take(program, 194)

    assert sound_ms(body) == [200_000 + 16 + 64 * n for n in range(63)]
    assert [(s.from_s, s.to_s) for s in sounds] == [(190.016, 192.0), (192.0, 194.048)]


def test_after_a_restart_there_are_new_headers_and_new_timestamps_but_no_second_file_header() -> None:
    body, sounds = taken(plan(LIVES, "fr", (Fault(Kind.RESTART, at_s=3, media="en"),)), [4.1])

    assert [ms for kind, packet, ms in tags(body) if (kind, packet) == (AUDIO, HEADER)] == [10_000, 10_000]
    assert sound_ms(body)[-3:] == [10_000, 10_043, 10_085]
    assert body.count(b"FLV\x01") == 1
    assert [sound.part for sound in sounds] == [0, 0, 1]


def test_seconds_that_were_lost_are_left_out() -> None:
    body, sounds = taken(plan(LIVES, "fr", (Fault(Kind.SKIP, at_s=2, for_s=4),)), [1.0, 4.0, 7.0])

    assert [ms for ms in sound_ms(body) if 12_000 <= ms < 16_000] == []
    assert [(s.from_s, s.to_s) for s in sounds] == [(0.0, 1.024), (1.024, 2.048), (6.016, 7.04)]


def test_a_live_that_ends_is_over_once_everything_was_taken() -> None:
    program = plan(LIVES, "fr", (Fault(Kind.END, at_s=3),))
    feed = FlvFeed(program.segment(0), audio_only=True)

    feed.take(program, 3.5)
    assert not feed.is_over(program)
    feed.take(program, 4.0)
    assert feed.is_over(program)
    assert feed.take(program, 99) == (b"", [])


def test_a_fault_added_while_it_runs_counts_from_then_on() -> None:
    program = plan(LIVES, "fr", ())
    feed = FlvFeed(program.segment(0), audio_only=True)
    before, _ = feed.take(program, 1.0)
    after, _ = feed.take(plan(LIVES, "fr", (Fault(Kind.RESTART, at_s=1, media="en"),)), 2.1)

    assert sound_ms(before + after)[-3:] == [10_000, 10_043, 10_085]


def test_a_fault_that_changes_nothing_yet_changes_no_byte() -> None:
    program = plan(LIVES, "fr", ())
    feed, expected = FlvFeed(program.segment(0)), FlvFeed(program.segment(0))
    before, _ = feed.take(program, 1.0)
    after, _ = feed.take(plan(LIVES, "fr", (Fault(Kind.CUT, at_s=90),)), 4.0)

    assert before + after == expected.take(program, 4.0)[0]
