from fractions import Fraction
from io import BytesIO
from pathlib import Path
from random import Random

import av
import pytest
from av.stream import Discard

from tests.chirps import told_s, write_media, write_wav
from vigie.adapters.web.containers import open_file
from vigie.adapters.web.sound import CHUNK_SAMPLES, Chunks, first_audio, sound
from vigie.events import AudioReceived


def heard(path: Path) -> list[AudioReceived]:
    with av.open(path) as container:
        stream = first_audio(container)
        assert stream
        return list(sound(container, stream))


def frames(start_s: float, seconds: float, *, rate: int = 16_000, layout: str = "mono") -> list[av.AudioFrame]:
    """Silence in frames of 20 ms, dated from `start_s` on."""
    made = []
    for number in range(round(seconds * 50)):
        frame = av.AudioFrame("s16", layout, rate // 50)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = round(start_s * rate) + number * rate // 50
        made.append(frame)
    return made


def gathered(*parts: list[av.AudioFrame]) -> list[tuple[float, int]]:
    """When each chunk begins, and how many samples it has."""
    chunks = Chunks()
    found = [chunk for part in parts for frame in part for chunk in chunks.add(frame)]
    return [(round(chunk.pts_s, 3), len(chunk.pcm) // 2) for chunk in [*found, *chunks.flush()]]


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp4", "m4a", "flv", "ts", "mkv", "webm", "ogg", "aac"])
def test_every_format_tells_the_same_sound(tmp_path: Path, suffix: str) -> None:
    chunks = heard(write_media(tmp_path / f"chirp.{suffix}", 5.0, pictures=suffix in {"mp4", "flv", "ts", "mkv"}))

    told = told_s(b"".join(chunk.pcm for chunk in chunks))
    assert told[1:48] == pytest.approx([0.05 + n / 10 for n in range(1, 48)], abs=0.06)
    assert {len(chunk.pcm) for chunk in chunks[:-1]} == {2 * CHUNK_SAMPLES}


def test_frames_are_gathered_to_half_seconds() -> None:
    assert gathered(frames(7.0, 1.2)) == [(7.0, 8000), (7.5, 8000), (8.0, 3200)]


def test_a_jump_of_the_clock_begins_a_new_chunk() -> None:
    assert gathered(frames(0.0, 0.7), frames(3.0, 0.5), frames(1.0, 0.5)) == [
        (0.0, 8000),
        (0.5, 3200),
        (3.0, 8000),
        (1.0, 8000),
    ]


def test_jitter_does_not() -> None:
    assert gathered(frames(0.0, 0.2), frames(0.25, 0.3)) == [(0.0, 8000)]


def test_another_format_in_mid_stream_is_followed() -> None:
    chunks = gathered(frames(0.0, 0.5), frames(0.5, 0.5, rate=48_000, layout="stereo"))

    assert chunks[0] == (0.0, 8000)
    assert sum(samples for _, samples in chunks) == pytest.approx(16_000, abs=40)


def test_a_frame_without_a_date_follows_on() -> None:
    undated = frames(0.0, 1.0)
    for frame in undated[1:]:
        frame.pts = None

    assert gathered(undated) == [(0.0, 8000), (0.5, 8000)]


def test_pictures_are_switched_off(tmp_path: Path) -> None:
    with av.open(write_media(tmp_path / "chirp.mp4", 1.0, pictures=True)) as container:
        assert first_audio(container) is container.streams.audio[0]
        assert [stream.discard for stream in container.streams] == [Discard.all, Discard.default]


def test_there_may_be_no_sound(tmp_path: Path) -> None:
    with av.open(write_media(tmp_path / "silent.mp4", 1.0, pictures=True, sound=False)) as container:
        assert first_audio(container) is None


def test_a_broken_packet_is_left_out_and_the_rest_heard(tmp_path: Path) -> None:
    path = write_media(tmp_path / "chirp.ts", 5.0)
    body = bytearray(path.read_bytes())
    for start in (20_000, 21_000, 50_000):
        body[start : start + 300] = bytes(300)
    path.write_bytes(body)

    told = told_s(b"".join(chunk.pcm for chunk in heard(path)))

    assert 40 < len(told) <= 51
    assert told[-4] == pytest.approx(4.7, abs=0.3)


def test_nothing_but_broken_packets_is_an_error() -> None:
    noise = BytesIO(Random(1).randbytes(100_000))

    with av.open(noise, "r", format="mp3") as container, pytest.raises(av.error.InvalidDataError):
        list(sound(container, container.streams.audio[0]))


def test_a_long_recording_takes_no_more_memory_than_a_chunk(tmp_path: Path) -> None:
    with open_file(write_wav(tmp_path / "long.wav", 120.0)) as container:
        largest = max(len(chunk.pcm) for chunk in sound(container, container.streams.audio[0]))

    assert largest == 2 * CHUNK_SAMPLES
