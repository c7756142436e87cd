"""Segments as MPEG-TS: stream copy with PyAV, nothing is encoded."""

import io
from fractions import Fraction
from typing import TYPE_CHECKING

from vigie.simulators.media.program import Segment
from vigie.simulators.media.recording import Sample

if TYPE_CHECKING:
    import av
    from av.stream import Stream

OPTIONS = {"mpegts_flags": "initial_discontinuity"}
"""Every segment starts its packet counters anew, and says so."""


def mux_segment(segment: Segment, *, audio_only: bool = False) -> bytes:
    """Return a segment with the timestamps of the live. Raises ValueError for a recording without its file."""
    import av

    recording, target = segment.part.recording, io.BytesIO()
    if recording.file is None:
        raise ValueError("The recording has no open file to copy its streams from.")
    with av.open(target, "w", format="mpegts", options=OPTIONS) as output:
        streams = {
            track: output.add_stream_from_template(recording.file.streams[track.index])
            for track in recording.tracks
            if track.is_audio or not audio_only
        }
        for sample in segment.samples(audio_only=audio_only):
            output.mux(_packet(sample, streams[sample.track], segment.shift))
    return target.getvalue()


def _packet(sample: Sample, stream: "Stream", shift: Fraction) -> "av.Packet[Stream]":
    import av

    ticks = round(shift / sample.track.time_base)
    packet: av.Packet[Stream] = av.Packet(sample.data)
    packet.stream = stream
    packet.time_base = sample.track.time_base
    packet.pts, packet.dts = sample.pts + ticks, sample.dts + ticks
    packet.duration = sample.duration
    packet.is_keyframe = sample.is_key
    return packet
