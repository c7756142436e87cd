"""Pictures that tell their own time: the brightness of each is the second it shows. A rising tone goes with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from random import Random

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from tests.chirps import RATE, chirp

PICTURES_A_SECOND, KEY_EVERY_S = 2, 2
DARKEST, STEP = 40, 3
TS_PACKET, FIRST_PID = 188, 256
FLV_METADATA = 18
Grays = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Make:
    """How the pictures of a film are encoded."""

    codec: str = "libx264"
    b_frames: int = 0
    a_second: int = PICTURES_A_SECOND
    has_sound: bool = True


PLAIN = Make()


def write_film(
    path: Path,
    seconds: int,
    *,
    size: tuple[int, int] = (160, 90),
    options: Mapping[str, str] | None = None,
    make: Make = PLAIN,
) -> Path:
    """Write H.264 with a keyframe every 2 s, and AAC, in the format of the suffix of `path`; return the path."""
    with av.open(path, "w", options=dict(options or {})) as container:
        pace = {"preset": "ultrafast", "bf": str(make.b_frames)}
        video = container.add_stream(make.codec, rate=make.a_second, options=pace)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.gop_size = KEY_EVERY_S * make.a_second
        audio = container.add_stream("aac", rate=48_000, layout="mono") if make.has_sound else None
        for number in range(seconds * make.a_second):
            gray = np.full((size[1], size[0]), DARKEST + STEP * number // make.a_second, np.uint8)
            container.mux(video.encode(picture(gray)))
        container.mux(video.encode(None))
        if audio:
            _add_chirp(container, audio, seconds)
    return path


def picture(gray: Grays) -> av.VideoFrame:
    """Return a frame for an encoder."""
    frame = av.VideoFrame.from_ndarray(gray, "gray").reformat(format="yuv420p")
    frame.pts = None
    return frame


def shown(jpeg: bytes) -> Grays:
    """Return the brightness of each pixel of a JPEG, uint8[height, width]; it must be grey."""
    with av.open(BytesIO(jpeg), "r", format="jpeg_pipe") as container:
        colors = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.ptp(colors, axis=2).max() <= 4, "this picture has colors"
    return np.asarray(colors[:, :, 1], np.uint8)


def told_second(jpeg: bytes) -> float:
    """Return which second of a film a JPEG of it shows."""
    return float(shown(jpeg).mean() - DARKEST) / STEP


def joined_flv(target: Path, *films: Path) -> Path:
    """Write films as one FLV whose encoder was changed in between: a sequence header more each time, one clock."""
    body, shift_ms = films[0].read_bytes()[:13], 0
    for film in films:
        data, position, last_ms = film.read_bytes(), 13, 0
        while position < len(data):
            kind, size = data[position], int.from_bytes(data[position + 1 : position + 4])
            at_ms = int.from_bytes(data[position + 4 : position + 7]) + shift_ms
            tag = data[position + 11 : position + 11 + size]
            if kind != FLV_METADATA:
                body += bytes([kind]) + size.to_bytes(3) + at_ms.to_bytes(3) + bytes(4) + tag + (size + 11).to_bytes(4)
                last_ms = max(last_ms, at_ms)
            position += size + 15
        shift_ms = last_ms + 1000 // PICTURES_A_SECOND
    target.write_bytes(body)
    return target


def damaged(path: Path, rng: Random) -> Path:
    """Write the same film with noise in place of its pictures beside it; return that path."""
    target = path.with_stem(f"{path.stem}-damaged")
    if path.suffix == ".ts":
        target.write_bytes(_damaged_ts(path.read_bytes(), rng))
        return target
    with av.open(path) as source, av.open(target, "w") as container:
        copies = {stream.index: container.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is None:
                continue
            kept = packet
            if packet.stream.type == "video":
                kept = av.Packet(rng.randbytes(packet.size))
                kept.pts, kept.dts, kept.time_base = packet.pts, packet.dts, packet.time_base
                kept.is_keyframe = packet.is_keyframe
            kept.stream = copies[packet.stream.index]
            container.mux(kept)
    return target


def _damaged_ts(body: bytes, rng: Random) -> bytes:
    packets = [bytearray(body[start : start + TS_PACKET]) for start in range(0, len(body), TS_PACKET)]
    for packet in packets:
        if (packet[1] & 0x1F) << 8 | packet[2] == FIRST_PID:
            packet[TS_PACKET // 2 :] = rng.randbytes(TS_PACKET // 2)
    return b"".join(packets)


def _add_chirp(container: OutputContainer, stream: AudioStream, seconds: int) -> None:
    frame = av.AudioFrame.from_ndarray(chirp(seconds).reshape(1, -1), "s16", "mono")
    frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
    for resampled in av.AudioResampler(stream.format, "mono", 48_000).resample(frame):
        container.mux(stream.encode(resampled))
    container.mux(stream.encode(None))
