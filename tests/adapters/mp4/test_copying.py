from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.mp4.reels import (
    FRAME_S,
    QUICK,
    QUIET,
    REORDERED,
    TALL,
    filmed,
    later,
    only,
    pcm,
    shown_s,
    told,
    troubles,
)
from tests.chirps import told_s
from vigie.adapters.mp4.client import Mp4Files
from vigie.adapters.mp4.copying import Clock, add_stream, begins_s, copy, has_gap
from vigie.events import Encoding, Kind, Packet
from vigie.ports import Reel

KINDS = [Kind.PICTURE, Kind.SOUND]
SHAPES = pytest.mark.parametrize(
    ("wrapped", "codec", "options"),
    [
        pytest.param("flv", "libx264", QUICK, id="flv"),
        pytest.param("flv", "libx264", REORDERED, id="flv-reordered"),
        pytest.param("mpegts", "libx264", REORDERED, id="ts-reordered"),
        pytest.param("mpegts", "libx265", QUIET, id="ts-hevc"),
    ],
)


def units(data: bytes, kind: Kind) -> list[bytes]:
    """What lies in a packet, however it is wrapped: raw AAC, or NAL units."""
    if kind is Kind.SOUND:
        return [data[7:] if data[:2] == b"\xff\xf1" else data]
    if data[:4] == b"\x00\x00\x00\x01" or data[:3] == b"\x00\x00\x01":
        return [unit.rstrip(b"\x00") for unit in data.split(b"\x00\x00\x01") if unit.strip(b"\x00")]
    found, rest = list[bytes](), data
    while rest:
        length = int.from_bytes(rest[:4])
        found.append(rest[4 : 4 + length].rstrip(b"\x00"))
        rest = rest[4 + length :]
    return found


def is_parameters_of_hevc(unit: bytes) -> bool:
    """Whether it is for the header of a file: where the tag is hvc1 it may lie nowhere else (ISO/IEC 14496-15)."""
    return unit[0] >> 1 in {32, 33, 34}


def written(path: Path, kind: Kind) -> list[bytes]:
    """The packets of a file."""
    with av.open(path) as container:
        streams = container.streams.video if kind is Kind.PICTURE else container.streams.audio
        return [bytes(packet) for packet in container.demux(streams) if packet.dts is not None]


# ── what is in the file ────────────────────────────────────────────────────────────────────────────────────────────


@SHAPES
def test_a_copy_plays_without_an_error_and_is_as_long_as_the_reel(
    wrapped: str, codec: str, options: Mapping[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"

    copy(later(filmed(wrapped=wrapped, codec=codec, options=options), 47.3), path)

    facts = Mp4Files().probe(path)
    assert (facts.width, facts.height, facts.has_sound, facts.errors) == (*TALL, True, 0)
    assert facts.duration_s == pytest.approx(6.0, abs=FRAME_S)
    assert troubles(path) == ""
    assert float(told(path, "format=duration")["duration"]) == pytest.approx(6.0, abs=FRAME_S)
    assert told(path, "stream=start_time,nb_frames") == {"start_time": "0.000000", "nb_frames": "60"}


@SHAPES
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_holds_the_same_packets(
    wrapped: str, codec: str, options: Mapping[str, str], kind: Kind, tmp_path: Path
) -> None:
    reel = filmed(wrapped=wrapped, codec=codec, options=options)

    copy(reel, tmp_path / "clip.mp4")

    received = [packet.data for packet in reel.packets if packet.kind is kind]
    kept = written(tmp_path / "clip.mp4", kind)
    assert [units(data, kind) for data in kept] == [
        [unit for unit in units(data, kind) if not (codec == "libx265" and is_parameters_of_hevc(unit))]
        for data in received
    ]
    if wrapped == "flv":
        assert kept == received


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrapped", ["flv", "mpegts"])
def test_one_kind_alone_is_a_file_of_it(kind: Kind, wrapped: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    copy(later(only(filmed(wrapped=wrapped), kind), 500.0), path)

    facts = Mp4Files().probe(path)
    assert (facts.width > 0, facts.has_sound, facts.errors) == (kind is Kind.PICTURE, kind is Kind.SOUND, 0)
    assert facts.duration_s == pytest.approx(6.0, abs=FRAME_S)
    assert troubles(path) == ""


def test_a_kind_of_which_nothing_came_is_left_out(tmp_path: Path) -> None:
    reel = filmed(2)

    copy(Reel(reel.encodings, only(reel, Kind.PICTURE).packets), tmp_path / "clip.mp4")

    assert not Mp4Files().probe(tmp_path / "clip.mp4").has_sound


@pytest.mark.parametrize("wrapped", ["flv", "mpegts"])
def test_what_needs_no_extradata_is_copied_without(wrapped: str, tmp_path: Path) -> None:
    """H.264 and AAC in MPEG-TS say how they are to be decoded in their packets."""
    reel = filmed(wrapped="mpegts", options=REORDERED)
    bare = tuple(Encoding(it.kind, it.codec, b"", it.width, it.height, it.rate) for it in reel.encodings)

    copy(Reel(bare, reel.packets), tmp_path / "clip.mp4")

    assert Mp4Files().probe(tmp_path / "clip.mp4").errors == 0
    assert troubles(tmp_path / "clip.mp4") == ""


@pytest.mark.parametrize("cut_s", [0.0, 2.0])
def test_sound_and_pictures_stay_in_step(cut_s: float, tmp_path: Path) -> None:
    whole = later(filmed(), 100.0)
    rest = tuple(packet for packet in whole.packets if packet.pts_s >= 100.0 + cut_s)
    path = tmp_path / "clip.mp4"

    copy(Reel(whole.encodings, rest), path)

    heard = told_s(pcm(path))
    with av.open(path) as container:
        shown = [((frame.time or 0.0) + cut_s, shown_s(frame)) for frame in container.decode(video=0)]
    assert [told for _, told in shown] == pytest.approx([at for at, _ in shown], abs=0.07)
    middles = np.arange(len(heard)) / 10 + 0.05 + cut_s
    assert heard[3:-3] == pytest.approx(list(middles)[3:-3], abs=0.05)


def test_the_file_begins_to_play_before_it_is_whole_and_tells_nothing_of_where_it_was_made(tmp_path: Path) -> None:
    copy(filmed(), tmp_path / "clip.mp4")

    body = (tmp_path / "clip.mp4").read_bytes()
    with av.open(BytesIO(body)) as container:
        metadata = dict(container.metadata)
    assert 0 < body.index(b"moov") < body.index(b"mdat")
    assert metadata.pop("encoder").startswith("Lavf")
    assert set(metadata) == {"major_brand", "minor_version", "compatible_brands"}


@pytest.mark.parametrize(("codec", "options", "tag"), [("libx264", QUICK, "avc1"), ("libx265", QUIET, "hvc1")])
def test_pictures_are_tagged_so_that_safari_plays_them(
    codec: str, options: Mapping[str, str], tag: str, tmp_path: Path
) -> None:
    copy(filmed(wrapped="mpegts", codec=codec, options=options), tmp_path / "clip.mp4")

    assert told(tmp_path / "clip.mp4", "stream=codec_tag_string") == {"codec_tag_string": tag}


@pytest.mark.parametrize("codec", ["flv", "speex", "no such codec"])
def test_what_mp4_does_not_hold_is_told(codec: str) -> None:
    with av.open(BytesIO(), "w", format="mp4") as container, pytest.raises(ValueError, match=codec):
        add_stream(container, Encoding(Kind.PICTURE, codec, b""))


@pytest.mark.parametrize(
    ("without", "kind", "found"),
    [
        ((2.0, 2.05), Kind.SOUND, False),
        ((2.0, 2.3), Kind.SOUND, True),
        ((2.0, 4.0), Kind.PICTURE, False),
        ((4.0, 99.0), Kind.SOUND, False),
    ],
)
def test_sound_that_is_missing_inside_is_a_gap(without: tuple[float, float], kind: Kind, *, found: bool) -> None:
    reel = filmed()
    kept = (it for it in reel.packets if not (it.kind is kind and without[0] <= it.pts_s < without[1]))

    assert has_gap(Reel(reel.encodings, tuple(kept))) is found


# ── clock ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def packet(pts_s: float, dts_s: float, kind: Kind = Kind.PICTURE) -> Packet:
    return Packet(kind, pts_s, dts_s, 0.04, is_keyframe=True, data=b"x")


def test_the_clock_begins_with_the_first_picture() -> None:
    early, key, leading = packet(8.9, 8.9, Kind.SOUND), packet(9.2, 9.0), packet(9.1, 9.1)

    assert begins_s([Reel((), (early, key, leading))]) == 9.1
    assert begins_s([Reel((), (early,))]) == 8.9
    with pytest.raises(ValueError, match="empty"):
        begins_s([])


def test_times_are_counted_from_the_beginning() -> None:
    made = Clock(9.0).dated(packet(9.5, 9.25), Fraction(1, 1000))

    assert (made.pts, made.dts, made.duration, made.is_keyframe, bytes(made)) == (500, 250, 40, True, b"x")
    assert made.time_base == Fraction(1, 1000)


@given(
    times=st.lists(
        st.tuples(st.sampled_from(KINDS), st.floats(-1.0, 1.0), st.floats(0.0, 1.0)), min_size=2, max_size=20
    )
)
def test_times_of_a_kind_only_grow(times: list[tuple[Kind, float, float]]) -> None:
    clock = Clock(0.0)

    made = [
        (kind, clock.dated(packet(dts_s + ahead_s, dts_s, kind), Fraction(1, 1000))) for kind, dts_s, ahead_s in times
    ]

    for kind in KINDS:
        own = [(it.dts or 0, it.pts or 0) for of, it in made if of is kind]
        assert all(before < after for (before, _), (after, _) in pairwise(own))
        assert all(dts <= pts for dts, pts in own)
