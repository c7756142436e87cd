"""Chirps cut into HLS by FFmpeg, as answers of an origin."""

from io import BytesIO
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Stream
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.adapters.web.origin import Answer
from tests.chirps import RATE, chirp

KEY, IV = b"0123456789abcdef", bytes(range(16))
KEY_LINE = f'#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x{IV.hex()}'
OWNER = b"com.apple.streaming.transportStreamTimestamp\0"
FRAME_S = 1024 / 48_000
FRAMES_A_SEGMENT = 94


def vod(folder: Path, seconds: float, **options: str) -> dict[str, Answer]:
    """Return a recording in segments of 2 s; `options` are those of FFmpeg's hls muxer, `hls_` left out."""
    named = {"hls_time": "2", "hls_playlist_type": "vod"} | {f"hls_{name}": value for name, value in options.items()}
    with av.open(folder / "index.m3u8", "w", format="hls", options=named) as container:
        _encode(container, container.add_stream("aac", rate=48_000, layout="mono"), seconds)
    return {f"/{path.name}": Response(path.read_bytes()) for path in folder.iterdir()}


class Window:
    """A live playlist that moves on by one segment each time it is asked for, up to `last`."""

    def __init__(self, lines: list[str], *, size: int, last: int) -> None:
        self.segments = ["\n".join(lines[n : n + 2]) for n in range(0, len(lines), 2)]
        self.size, self.last = size, last
        self.newest = size

    def __call__(self, _: Request) -> Response:
        first = self.newest - self.size
        body = "\n".join(self.segments[first : self.newest])
        is_over = self.newest >= self.last
        self.newest = min(self.newest + 1, self.last)
        end = "\n#EXT-X-ENDLIST" if is_over else ""
        return PlainTextResponse(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{first}\n{body}{end}\n")


def live(folder: Path, length_s: float, *, size: int = 4) -> dict[str, Answer]:
    """Return a live whose window moves on by 2 s each time it is asked for."""
    return on_air(vod(folder, length_s), size=size)


def on_air(answers: dict[str, Answer], *, size: int) -> dict[str, Answer]:
    """Return a recording as a live."""
    lines = [line for line in text_of(answers).splitlines() if line.startswith("#EXTINF") or not line.startswith("#")]
    return answers | {"/index.m3u8": Window(lines, size=size, last=len(lines) // 2)}


def body_of(answer: Answer) -> bytes:
    """Return the bytes of an answer."""
    assert isinstance(answer, Response)
    return bytes(answer.body)


def text_of(answers: dict[str, Answer], path: str = "/index.m3u8") -> str:
    """Return what a path answers."""
    return body_of(answers[path]).decode()


def packed_audio(seconds: int, *, start_s: float) -> dict[str, Answer]:
    """Return a recording in segments of bare AAC, 2 s each, dated by ID3 tags (RFC 8216 section 3.4)."""
    answers: dict[str, Answer] = {}
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2"]
    frames = adts_frames(seconds)
    for number, first in enumerate(range(0, len(frames), FRAMES_A_SEGMENT)):
        stamp = round((start_s + first * FRAME_S) * 90_000).to_bytes(8)
        body = tag(stamp) + b"".join(frames[first : first + FRAMES_A_SEGMENT])
        answers[f"/{number}.aac"] = Response(body)
        lines += [f"#EXTINF:{FRAMES_A_SEGMENT * FRAME_S:.3f},", f"{number}.aac"]
    return answers | {"/index.m3u8": Response("\n".join([*lines, "#EXT-X-ENDLIST"]))}


def adts_frames(seconds: int) -> list[bytes]:
    """Return the frames of a chirp in AAC, each with the header it needs to stand alone."""
    file = BytesIO()
    with av.open(file, "w", format="adts") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        _encode(container, stream, seconds)
    body, frames = file.getvalue(), []
    while body:
        size = (body[3] & 3) << 11 | body[4] << 3 | body[5] >> 5
        frames.append(body[:size])
        body = body[size:]
    return frames


def tag(stamp: bytes) -> bytes:
    """Return an ID3 tag that holds the timestamp of packed audio."""
    frame = b"PRIV" + (len(OWNER) + len(stamp)).to_bytes(4) + b"\0\0" + OWNER + stamp
    return b"ID3\x04\0\0\0\0\0" + bytes([len(frame)]) + frame


def encrypted(answers: dict[str, Answer]) -> dict[str, Answer]:
    """Return the same recording, its segments encrypted with AES-128."""
    playlist = text_of(answers).replace("#EXTINF", KEY_LINE + "\n#EXTINF", 1)
    locked = {path: Response(_encrypt(body_of(answer))) for path, answer in answers.items() if path.endswith(".ts")}
    return answers | locked | {"/index.m3u8": Response(playlist), "/key": Response(KEY)}


def _encrypt(data: bytes) -> bytes:
    padding = 16 - len(data) % 16
    do = Cipher(AES(KEY), CBC(IV)).encryptor()
    return do.update(data + bytes([padding]) * padding) + do.finalize()


def _encode(container: OutputContainer, stream: Stream, seconds: float) -> None:
    assert isinstance(stream, AudioStream)
    frame = av.AudioFrame.from_ndarray(chirp(seconds).reshape(1, -1), "s16", "mono")
    frame.sample_rate = RATE
    for resampled in av.AudioResampler(stream.format, "mono", 48_000).resample(frame):
        container.mux(stream.encode(resampled))
    container.mux(stream.encode(None))
