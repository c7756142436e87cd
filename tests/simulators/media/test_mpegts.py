import io
from itertools import pairwise

import av
import pytest

from vigie.simulators.media.mpegts import mux_segment
from vigie.simulators.media.program import Part, Segment
from vigie.simulators.media.recording import Recording


def packets(content: bytes) -> list[tuple[str, float]]:
    with av.open(io.BytesIO(content), "r", format="mpegts") as reader:
        return [
            (packet.stream.type, float((packet.pts or 0) * packet.time_base))
            for packet in reader.demux()
            if packet.size and packet.time_base
        ]


def decoded(content: bytes) -> list[tuple[float, int]]:
    with av.open(io.BytesIO(content), "r", format="mpegts") as reader:
        return [(frame.time or 0.0, frame.samples) for frame in reader.decode(audio=0)]


def test_a_segment_holds_its_frames_with_the_timestamps_of_the_live(french: Recording) -> None:
    found = packets(mux_segment(Segment(97, Part(0, 0.0, 0, french))))

    assert [at_s for kind, at_s in found if kind == "video"] == pytest.approx([204 + n / 5 for n in range(10)])
    assert [at_s for kind, at_s in found if kind == "audio"] == pytest.approx([204.048 + n * 0.064 for n in range(31)])


def test_the_sound_alone_can_be_had(french: Recording) -> None:
    assert {kind for kind, _ in packets(mux_segment(Segment(3, Part(0, 0.0, 0, french)), audio_only=True))} == {"audio"}


def test_segments_joined_decode_to_sound_without_a_gap(french: Recording) -> None:
    part = Part(0, 0.0, 0, french)
    joined = b"".join(
        mux_segment(Segment(n, part), audio_only=True) for n in range(93, 99)
    )  # over the end of the round
    frames = decoded(joined)

    assert (len(frames), frames[0][0], frames[-1][0]) == (187, 196.048, 207.952)
    assert {round(after - before, 6) for (before, _), (after, _) in pairwise(frames)} == {0.064}
    assert {samples for _, samples in frames} == {1024}


def test_a_recording_without_a_file_cannot_be_muxed(recording: Recording) -> None:
    with pytest.raises(ValueError, match="no open file"):
        mux_segment(Segment(0, Part(0, 0.0, 0, recording)))
