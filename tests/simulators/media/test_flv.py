import io
from fractions import Fraction

import av
import pytest

from vigie.simulators.media.flv import configuration_tag, file_header, frame_tag, milliseconds
from vigie.simulators.media.recording import Recording, Sample, Track

SOUND = Track(0, is_audio=True, time_base=Fraction(1, 16_000), codecs="mp4a.40.2", configuration=b"\x14\x08")
PICTURES = Track(1, is_audio=False, time_base=Fraction(1, 10_240), codecs="avc1.64000c", configuration=b"\x01\x64")


@pytest.mark.parametrize(("tracks", "flags"), [([SOUND], 4), ([PICTURES], 1), ([SOUND, PICTURES], 5)])
def test_the_header_says_what_follows(tracks: list[Track], flags: int) -> None:
    assert file_header(tracks) == b"FLV\x01" + bytes([flags, 0, 0, 0, 9, 0, 0, 0, 0])


def test_a_tag_tells_its_size_before_and_after_it() -> None:
    assert configuration_tag(SOUND, 1) == bytes.fromhex("08 000004 000001 00 000000 af00 1408 0000000f")


def test_the_parameters_of_pictures_are_a_keyframe_of_their_own_kind() -> None:
    assert configuration_tag(PICTURES, 0) == bytes.fromhex("09 000007 000000 00 000000 17 00 000000 0164 00000012")


@pytest.mark.parametrize(
    ("at_ms", "clock"), [(0xFFFFFF, "ffffff00"), (0x1000000, "00000001"), (0x12345678, "34567812"), (2**32, "00000000")]
)
def test_the_high_byte_of_the_clock_comes_last(at_ms: int, clock: str) -> None:
    assert configuration_tag(SOUND, at_ms)[4:8].hex() == clock


def test_a_frame_of_sound() -> None:
    sample = Sample(SOUND, 0.064, 1024, 1024, 1024, is_key=True, data=b"!")

    assert frame_tag(sample, Fraction(10)) == bytes.fromhex("08 000003 002750 00 000000 af 01 21 0000000e")


@pytest.mark.parametrize(("is_key", "kind"), [(True, "17"), (False, "27")])
def test_a_picture_says_how_much_later_it_is_shown(kind: str, *, is_key: bool) -> None:
    sample = Sample(PICTURES, 0.2, 4096, 2048, 2048, is_key=is_key, data=b"!")

    assert frame_tag(sample, Fraction(0)).hex() == f"090000060000c800000000{kind}010000c82100000011"


def test_a_picture_may_be_shown_before_its_time_of_decoding() -> None:
    sample = Sample(PICTURES, 0.2, 1024, 2048, 2048, is_key=False, data=b"!")

    assert frame_tag(sample, Fraction(0))[13:16] == (-100).to_bytes(3, signed=True)


@pytest.mark.parametrize(("ticks", "ms"), [(0, 10_000), (1024, 10_064), (16_000, 11_000)])
def test_timestamps_are_milliseconds_of_the_live(ticks: int, ms: int) -> None:
    assert milliseconds(ticks, SOUND, Fraction(10)) == ms


@pytest.mark.parametrize("audio_only", [True, False])
def test_ffmpeg_decodes_what_is_written(french: Recording, *, audio_only: bool) -> None:
    tracks = [track for track in french.tracks if track.is_audio or not audio_only]
    frames = b"".join(frame_tag(s, Fraction(10)) for s in french.between(0, 4, audio_only=audio_only))
    stream = file_header(tracks) + b"".join(configuration_tag(track, 10_000) for track in tracks) + frames

    with av.open(io.BytesIO(stream), "r", format="flv") as reader:
        decoded = [(frame.time, frame.samples) for frame in reader.decode(audio=0)]
    with av.open(io.BytesIO(stream), "r", format="flv") as reader:
        pictures = [frame.time for frame in reader.decode(video=0)] if not audio_only else []

    assert [at_s for at_s, _ in decoded] == pytest.approx([10 + n * 0.064 for n in range(63)])
    assert {samples for _, samples in decoded} == {1024}
    assert pictures == ([] if audio_only else pytest.approx([10 + n / 5 for n in range(20)]))


def test_parameters_are_part_of_the_recording(french: Recording) -> None:
    assert [track.configuration[:2].hex() for track in french.tracks] == ["1408", "0164"]
