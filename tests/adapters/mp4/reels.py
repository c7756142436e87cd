"""Reels that tell their own time, as a pull of a live brings them, and what programs say of files."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from tests.adapters.web.films import picture
from tests.chirps import RATE, chirp
from tests.programs import needed
from vigie.events import Encoding, Kind, Packet
from vigie.ports import Reel, VideoFacts

PICTURES_A_SECOND, KEY_EVERY_S = 10, 2
DARKEST, STEP = 30, 20
FRAME_S = 1 / PICTURES_A_SECOND
TALL, SMALL = (144, 256), (108, 192)
REORDERED = {"preset": "veryfast", "x264-params": "bframes=3:b-adapt=0"}
QUICK = {"preset": "ultrafast"}
QUIET = {"preset": "ultrafast", "x265-params": "log-level=none"}


def filmed(
    seconds: int = 6,
    *,
    size: tuple[int, int] = TALL,
    wrapped: str = "flv",
    codec: str = "libx264",
    options: Mapping[str, str] = QUICK,
) -> Reel:
    """Return a reel whose pictures grow brighter with time, with a rising tone; a keyframe each 2 s.

    The first picture is at 0. FLV wraps AVC with lengths and raw AAC, MPEG-TS has start codes and ADTS headers.
    """
    file = BytesIO()
    with av.open(file, "w", format=wrapped) as container:
        video = container.add_stream(codec, rate=PICTURES_A_SECOND, options=dict(options))
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.gop_size = KEY_EVERY_S * PICTURES_A_SECOND
        audio = container.add_stream("aac", rate=48_000, layout="stereo")
        for number in range(seconds * PICTURES_A_SECOND):
            gray = np.full((size[1], size[0]), DARKEST + STEP * number // PICTURES_A_SECOND, np.uint8)
            container.mux(video.encode(picture(gray)))
        container.mux(video.encode(None))
        _add_chirp(container, audio, seconds)
    file.seek(0)
    reel = _read(file)
    return later(reel, -min(packet.pts_s for packet in reel.packets if packet.kind is Kind.PICTURE))


def later(reel: Reel, by_s: float) -> Reel:
    """Return the same, that much later in the live."""
    shifted = (replace(it, pts_s=it.pts_s + by_s, dts_s=it.dts_s + by_s) for it in reel.packets)
    return Reel(reel.encodings, tuple(shifted))


def only(reel: Reel, kind: Kind) -> Reel:
    """Return one kind of a reel."""
    encodings = tuple(encoding for encoding in reel.encodings if encoding.kind is kind)
    return Reel(encodings, tuple(packet for packet in reel.packets if packet.kind is kind))


def lasting(seconds: float, facts: VideoFacts) -> VideoFacts:
    """Return the facts, of exactly that many seconds where they are so many within a picture."""
    return replace(facts, duration_s=seconds) if abs(facts.duration_s - seconds) <= FRAME_S else facts


def troubles(path: Path) -> str:
    """Return what the program ffmpeg has to say of a file while it decodes all of it; nothing for a good one."""
    command = [needed("ffmpeg"), "-v", "error", "-i", str(path), "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def told(path: Path, entries: str) -> dict[str, str]:
    """Return what the program ffprobe says of the first stream of pictures, or of the file (`format=...`)."""
    command = [needed("ffprobe"), "-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "flat=h=0"]
    lines = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True).stdout.splitlines()
    return {name.rpartition(".")[2]: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def shown_s(frame: av.VideoFrame) -> float:
    """Return when in a reel a picture was shown: the brightness of its middle says it, to 0.05 s."""
    luma = frame.reformat(format="gray").to_ndarray()
    middle = luma[luma.shape[0] // 3 : luma.shape[0] * 2 // 3, luma.shape[1] // 3 : luma.shape[1] * 2 // 3]
    return float(middle.mean() - DARKEST) / STEP


def pcm(path: Path) -> bytes:
    """Return the sound of a file from its beginning: s16le, mono, 16 kHz."""
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(path) as container:
        frames = [
            each for frame in container.decode(audio=0) if (frame.pts or 0) >= 0 for each in resampler.resample(frame)
        ]
    return b"".join(frame.to_ndarray().tobytes() for frame in [*frames, *resampler.resample(None)])


def _read(file: BytesIO) -> Reel:
    with av.open(file, "r") as container:
        streams: list[VideoStream | AudioStream] = [*container.streams.video, *container.streams.audio]
        packets = tuple(_packet(packet) for packet in container.demux(streams) if packet.dts is not None)
        return Reel(tuple(_encoding(stream) for stream in streams), packets)


def _encoding(stream: "VideoStream | AudioStream") -> Encoding:
    context = stream.codec_context
    extradata = context.extradata or b""
    if isinstance(stream, VideoStream):
        return Encoding(Kind.PICTURE, context.name, extradata, width=stream.width, height=stream.height)
    return Encoding(Kind.SOUND, context.name, extradata, rate=stream.rate, layout=stream.layout.name)


def _packet(packet: "av.Packet[Any]") -> Packet:
    pts_s, dts_s, duration_s = (float((at or 0) * packet.time_base) for at in (packet.pts, packet.dts, packet.duration))
    kind = Kind.PICTURE if isinstance(packet.stream, VideoStream) else Kind.SOUND
    return Packet(kind, pts_s, dts_s, duration_s, is_keyframe=packet.is_keyframe, data=bytes(packet))


def _add_chirp(container: OutputContainer, stream: AudioStream, seconds: int) -> None:
    frame = av.AudioFrame.from_ndarray(chirp(seconds).reshape(1, -1), "s16", "mono")
    frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
    for resampled in av.AudioResampler(stream.format, "stereo", 48_000).resample(frame):
        container.mux(stream.encode(resampled))
    container.mux(stream.encode(None))
