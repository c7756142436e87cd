"""A media file taken apart into coded frames, ready to be played round after round without being encoded again."""

import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from vigie.simulators.media.vtt import Cue, read_cues

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.stream import Stream

SEGMENT_S = 2.0
SHORTEST_SEGMENT_S = 1.0


@dataclass(frozen=True, slots=True)
class Track:
    """A stream of the file that is played: `aac` sound or `h264` pictures."""

    index: int
    is_audio: bool
    time_base: Fraction
    codecs: str
    """As HLS names it: `mp4a.40.2`, `avc1.42c00c`."""
    configuration: bytes = b""
    """What a decoder must know first: AudioSpecificConfig, or AVCDecoderConfigurationRecord."""
    size: str = ""
    """`320x180`; empty for sound."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A coded frame. `at_s` is its decoding time in the recording; `pts`, `dts` and `duration` count its time base."""

    track: Track
    at_s: float
    pts: int
    dts: int
    duration: int
    is_key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """Coded frames in order of decoding, from second 0 to `length`, which is the length of the sound."""

    tracks: tuple[Track, ...]
    samples: tuple[Sample, ...]
    length: Fraction
    bounds: tuple[float, ...]
    """Where segments begin, and the end of the last one, in seconds."""
    cues: tuple[Cue, ...] = ()
    file: "InputContainer | None" = None
    """Open as long as the recording is used: its streams are the templates of what is muxed."""

    def between(self, from_s: float, to_s: float, *, audio_only: bool = False) -> Iterator[Sample]:
        """Yield the frames decoded in [from_s, to_s)."""
        first = bisect_left(self.samples, from_s, key=lambda sample: sample.at_s)
        last = bisect_left(self.samples, to_s, key=lambda sample: sample.at_s)
        return (sample for sample in self.samples[first:last] if sample.track.is_audio or not audio_only)

    @property
    def longest_segment_s(self) -> float:
        """How long the longest segment lasts."""
        return max(end_s - start_s for start_s, end_s in pairwise(self.bounds))

    @property
    def bits_per_s(self) -> int:
        """How much a second of everything takes on average."""
        return self._rate(self.samples)

    @property
    def audio_bits_per_s(self) -> int:
        """How much a second of sound takes on average."""
        return self._rate(sample for sample in self.samples if sample.track.is_audio)

    def _rate(self, samples: Iterable[Sample]) -> int:
        return round(8 * sum(len(sample.data) for sample in samples) / self.length)


def load_recording(media: Path, captions: Path | None = None) -> Recording:
    """Return the first sound and the first pictures of a file as frames.

    AAC and H.264 are taken as they are; other sound is encoded to AAC once, other pictures are left out. Raises
    ValueError when nothing is left to play, `av.FFmpegError` (an OSError or a ValueError) when the file is no media.
    """
    container = _open(media)
    tracks = tuple(_tracks(container))
    samples, length = _samples(container, tracks)
    keys = [sample.at_s for sample in samples if sample.is_key and not sample.track.is_audio]
    cues = read_cues(captions.read_text(encoding="utf-8")) if captions else []
    return Recording(tracks, samples, length, segment_bounds(keys, float(length)), tuple(cues), container)


def segment_bounds(keys_s: Sequence[float], length_s: float) -> tuple[float, ...]:
    """Return where segments of about 2 s start, at keyframes where there are pictures, and the end."""
    usual = [SEGMENT_S * number for number in range(int(length_s // SEGMENT_S) + 1)]
    bounds = [0.0]
    for at_s in keys_s or usual:
        if at_s - bounds[-1] >= SEGMENT_S - 0.05:
            bounds.append(at_s)
    if len(bounds) > 1 and length_s - bounds[-1] < SHORTEST_SEGMENT_S:
        bounds.pop()
    return (*bounds, length_s)


def _open(media: Path) -> "InputContainer":
    """Open the file, or what it is as an MP4: frames lie in there as FLV wants them."""
    import av

    container = av.open(str(media), "r")
    if "mp4" in container.format.name and _played(container) == [*container.streams.audio, *container.streams.video]:
        return container
    with container:
        return av.open(_as_mp4(container), "r")


def _played(container: "InputContainer") -> list["Stream"]:
    """Return the streams that can be copied."""
    sound = [stream for stream in container.streams.audio[:1] if stream.codec_context.name == "aac"]
    return [*sound, *(stream for stream in container.streams.video[:1] if stream.codec_context.name == "h264")]


def _as_mp4(source: "InputContainer") -> BinaryIO:
    import av

    target = io.BytesIO()
    copied = _played(source)
    other = [sound for sound in source.streams.audio[:1] if sound not in copied]
    if not copied and not other:
        raise ValueError("There is no sound, and there are no H.264 pictures.")
    with av.open(target, "w", format="mp4") as output:
        copies = {stream.index: output.add_stream_from_template(stream) for stream in copied}
        encoders = {sound.index: output.add_stream("aac", rate=sound.rate, layout="mono") for sound in other}
        for packet in source.demux([*copied, *other]):
            index = packet.stream.index
            if index in encoders:
                frames = [frame for frame in packet.decode() if isinstance(frame, av.AudioFrame)]
                output.mux([coded for frame in frames for coded in encoders[index].encode(frame)])
            elif packet.dts is not None:
                packet.stream = copies[index]
                output.mux(packet)
        output.mux([packet for encoder in encoders.values() for packet in encoder.encode(None)])
    target.seek(0)
    return target


def _tracks(container: "InputContainer") -> Iterator[Track]:
    for audio in container.streams.audio[:1]:
        configuration = audio.codec_context.extradata or b""
        yield Track(audio.index, True, _time_base(audio.time_base), "mp4a.40.2", configuration)
    for video in container.streams.video[:1]:
        configuration = video.codec_context.extradata or b""
        codecs, size = f"avc1.{configuration[1:4].hex()}", f"{video.width}x{video.height}"
        yield Track(video.index, False, _time_base(video.time_base), codecs, configuration, size)


def _time_base(value: Fraction | None) -> Fraction:
    return value or Fraction(1, 90_000)


def _samples(container: "InputContainer", tracks: Sequence[Track]) -> tuple[tuple[Sample, ...], Fraction]:
    """Return the frames, counted from the first one of the sound, and the length of the sound."""
    by_index = {track.index: track for track in tracks}
    packets = container.demux(list(by_index))
    found = [_sample(packet, by_index[packet.stream.index]) for packet in packets if packet.size]
    lead = [s for s in found if s.track == tracks[0] and s.pts >= 0]  # what comes before 0 only primes the decoder
    if not lead:
        raise ValueError("There is no frame to play.")
    origin = lead[0].pts * tracks[0].time_base
    frame = max(sample.duration for sample in lead)  # the last one may be called shorter, and is decoded whole
    length = (lead[-1].pts + frame) * tracks[0].time_base - origin
    moved = [_moved(s, origin, frame if s.track == tracks[0] else s.duration) for s in found]
    kept = sorted((s for s in moved if s.pts >= 0 and s.at_s < length), key=lambda sample: sample.at_s)
    return tuple(kept), length


def _sample(packet: "av.Packet[Stream]", track: Track) -> Sample:
    dts = packet.dts if packet.dts is not None else packet.pts or 0
    pts = packet.pts if packet.pts is not None else dts
    at_s = float(dts * track.time_base)
    return Sample(track, at_s, pts, dts, packet.duration or 0, packet.is_keyframe, bytes(packet))


def _moved(sample: Sample, origin: Fraction, duration: int) -> Sample:
    ticks = round(origin / sample.track.time_base)
    at_s = max(0.0, float((sample.dts - ticks) * sample.track.time_base))  # B-frames push the first ones before 0
    return replace(sample, at_s=at_s, pts=sample.pts - ticks, dts=sample.dts - ticks, duration=duration)
