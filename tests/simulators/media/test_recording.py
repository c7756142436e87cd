from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulators.media.tones import write_tone
from vigie.simulators.media.recording import Recording, load_recording, segment_bounds


@pytest.mark.parametrize(
    ("keys_s", "length_s", "bounds"),
    [
        ([], 8.0, (0.0, 2.0, 4.0, 6.0, 8.0)),
        ([], 8.5, (0.0, 2.0, 4.0, 6.0, 8.5)),
        ([], 9.2, (0.0, 2.0, 4.0, 6.0, 8.0, 9.2)),
        ([], 0.7, (0.0, 0.7)),
        ([0.0, 2.0, 4.0], 6.0, (0.0, 2.0, 4.0, 6.0)),
        ([0.0, 1.0, 2.0, 3.0, 4.0], 6.0, (0.0, 2.0, 4.0, 6.0)),
        ([0.0, 5.0], 8.0, (0.0, 5.0, 8.0)),
        ([0.0, 1.96, 5.5], 6.0, (0.0, 1.96, 6.0)),
    ],
)
def test_segments_start_at_keyframes_about_every_two_seconds(
    keys_s: list[float], length_s: float, bounds: tuple[float, ...]
) -> None:
    assert segment_bounds(keys_s, length_s) == bounds


@given(st.lists(st.floats(0, 100), max_size=30).map(sorted), st.floats(0.1, 100))
def test_bounds_grow_from_the_start_to_the_end(keys_s: list[float], length_s: float) -> None:
    bounds = segment_bounds([key for key in keys_s if key < length_s], length_s)

    assert (bounds[0], bounds[-1]) == (0.0, length_s)
    assert all(before < after for before, after in pairwise(bounds))


@pytest.mark.parametrize(
    ("from_s", "to_s", "audio_only", "found"),
    [
        (0.0, 1.0, False, [(True, 0.0), (False, 0.0), (True, 0.5)]),
        (0.0, 1.0, True, [(True, 0.0), (True, 0.5)]),
        (1.2, 2.1, False, [(True, 1.5), (True, 2.0), (False, 2.0)]),
        (7.6, 99.0, False, []),
    ],
)
def test_frames_are_found_by_their_time(
    recording: Recording, from_s: float, to_s: float, *, audio_only: bool, found: list[tuple[bool, float]]
) -> None:
    frames = recording.between(from_s, to_s, audio_only=audio_only)

    assert [(frame.track.is_audio, frame.at_s) for frame in frames] == found


def test_the_bit_rates_are_averages(recording: Recording) -> None:
    assert (recording.bits_per_s, recording.audio_bits_per_s, recording.longest_segment_s) == (5600, 1600, 2.0)


@pytest.mark.parametrize(
    ("name", "frames", "codecs"), [("french", 3000, "avc1.64000c"), ("english", 4500, "avc1.64000c")]
)
def test_a_prepared_live_is_a_whole_number_of_frames(
    request: pytest.FixtureRequest, name: str, frames: int, codecs: str
) -> None:
    live: Recording = request.getfixturevalue(name)
    sound = [sample for sample in live.samples if sample.track.is_audio]

    assert (live.length, len(sound), len(live.samples)) == (Fraction(192), frames, frames + 960)
    assert [track.codecs for track in live.tracks] == ["mp4a.40.2", codecs]
    assert live.bounds == tuple(2.0 * n for n in range(97))
    assert {after.pts - before.pts for before, after in pairwise(sound)} == {1024}
    assert (sound[0].pts, sound[0].at_s) == (0, 0.0)


def test_every_segment_of_a_prepared_live_starts_with_a_keyframe(french: Recording) -> None:
    pictures = [sample for sample in french.samples if not sample.track.is_audio]

    assert [sample.at_s for sample in pictures if sample.is_key] == list(french.bounds[:-1])


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_plain_sound_is_encoded_once(tmp_path: Path, rate: int) -> None:
    live = load_recording(write_tone(tmp_path / "tone.wav", 5, rate=rate))

    assert [(track.codecs, track.time_base) for track in live.tracks] == [("mp4a.40.2", Fraction(1, rate))]
    assert 5 <= live.length < 5 + Fraction(1024, rate)
    assert live.bounds == (0.0, 2.0, 4.0, float(live.length))


@pytest.mark.parametrize("codec", ["flac", "libopus", "libmp3lame"])
def test_any_sound_that_ffmpeg_reads_can_be_played(tmp_path: Path, codec: str) -> None:
    source, target = write_tone(tmp_path / "tone.wav", 3, rate=48_000), tmp_path / "tone.mka"
    with av.open(source) as reader, av.open(target, "w") as writer:
        encoder = writer.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(encoder, av.AudioStream)
        for frame in reader.decode(audio=0):
            writer.mux(encoder.encode(frame))
        writer.mux(encoder.encode(None))

    assert load_recording(target).tracks[0].codecs == "mp4a.40.2"


def test_timestamps_are_counted_from_the_first_frame_whatever_the_file_says(tmp_path: Path, french: Recording) -> None:
    late = tmp_path / "late.ts"
    with av.open(late, "w", format="mpegts") as writer:
        assert french.file is not None
        streams = {t: writer.add_stream_from_template(french.file.streams[t.index]) for t in french.tracks}
        for sample in french.between(0, 4):
            packet: av.Packet[av.stream.Stream] = av.Packet(sample.data)
            packet.stream, packet.time_base = streams[sample.track], sample.track.time_base
            packet.pts = packet.dts = sample.pts + round(7 / sample.track.time_base)
            packet.is_keyframe = sample.is_key
            writer.mux(packet)

    live = load_recording(late)

    assert (live.samples[0].at_s, live.bounds[:2]) == (0.0, (0.0, 2.0))
    assert float(live.length) == pytest.approx(4, abs=0.07)


def test_pictures_decoded_before_they_are_shown_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "b-frames.mp4"
    with av.open(path, "w") as writer:
        encoder = writer.add_stream("libx264", rate=10, options={"bf": "2", "g": "20", "sc_threshold": "0"})
        assert isinstance(encoder, av.VideoStream)
        encoder.width, encoder.height, encoder.pix_fmt = 32, 32, "yuv420p"
        for number in range(40):
            picture = np.full((48, 32), number * 6, np.uint8)
            writer.mux(encoder.encode(av.VideoFrame.from_ndarray(picture, "yuv420p")))
        writer.mux(encoder.encode(None))

    live = load_recording(path)

    assert (len(live.samples), live.length, live.samples[0].is_key) == (40, Fraction(4), True)
    assert any(sample.dts < 0 for sample in live.samples)
    assert min(sample.at_s for sample in live.samples) == 0.0
    assert [track.is_audio for track in live.tracks] == [False]


@pytest.mark.parametrize(
    ("content", "error"), [(b"", av.FFmpegError), (b"<!doctype html>", av.FFmpegError), (None, av.FFmpegError)]
)
def test_what_is_no_media_is_refused(tmp_path: Path, content: bytes | None, error: type[Exception]) -> None:
    path = tmp_path / "notes.mp4"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(error):
        load_recording(path)


def test_pictures_that_cannot_be_copied_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.mkv"
    with av.open(path, "w") as writer:
        encoder = writer.add_stream("mpeg4", rate=5)
        assert isinstance(encoder, av.VideoStream)
        encoder.width, encoder.height, encoder.pix_fmt = 32, 32, "yuv420p"
        writer.mux(encoder.encode(av.VideoFrame(32, 32, "yuv420p")))
        writer.mux(encoder.encode(None))

    with pytest.raises(ValueError, match="no sound"):
        load_recording(path)
