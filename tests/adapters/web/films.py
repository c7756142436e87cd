"""Pictures that tell their own time: the brightness of each is the second it shows. A rising tone goes with them."""

from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from random import Random

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer

from tests.chirps import RATE, chirp

PICTURES_A_SECOND, KEY_EVERY_S = 2, 2
DARKEST, STEP = 40, 3
TS_PACKET, FIRST_PID = 188, 256
Grays = npt.NDArray[np.uint8]


def write_film(
    path: Path, seconds: int, *, size: tuple[int, int] = (160, 90), options: Mapping[str, str] | None = None
) -> Path:
    """Write H.264 with a keyframe every 2 s, and AAC, in the format of the suffix of `path`; return the path."""
    with av.open(path, "w", options=dict(options or {})) as container:
        video = container.add_stream("libx264", rate=PICTURES_A_SECOND, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.gop_size = KEY_EVERY_S * PICTURES_A_SECOND
        audio = container.add_stream("aac", rate=48_000, layout="mono")
        for number in range(seconds * PICTURES_A_SECOND):
            gray = np.full((size[1], size[0]), DARKEST + STEP * number // PICTURES_A_SECOND, np.uint8)
            container.mux(video.encode(picture(gray)))
        container.mux(video.encode(None))
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
