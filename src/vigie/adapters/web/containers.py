"""Opening media with PyAV: a pipe, bytes, a file, an address. Every trouble of FFmpeg becomes a PortError here."""

import errno
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
from av.container import InputContainer

from vigie.adapters.web.pipes import Pipe
from vigie.ports import PortError

OPEN_S, READ_S = 10.0, 5.0
FORMATS = ",".join(
    (
        *("aac", "ac3", "aiff", "amr", "amrnb", "amrwb", "asf", "avi", "caf", "eac3", "flac", "flv", "live_flv"),
        *("matroska", "mov", "mp3", "mp4", "mpeg", "mpegts", "ogg", "w64", "wav", "webm"),
    )
)
"""Demuxers in use. Playlists are not among them: what FFmpeg reads must not lead it to other addresses."""
OPTIONS = {
    "format_whitelist": FORMATS,
    # the sound is known within a second; FFmpeg's 5 s of searching for the pictures' parameters would only delay a live
    "analyzeduration": "1000000",
    "probesize": "500000",
}
PROTOCOLS = "http,https,tls,tcp,rtmp,rtmps"

Opener = Callable[[], InputContainer]


def open_pipe(pipe: Pipe) -> InputContainer:
    """Return a container that reads a pipe. Raises av.FFmpegError."""
    return av.open(pipe, "r", options=OPTIONS, io_open=_refuse)


def open_bytes(data: bytes) -> InputContainer:
    """Return a container that reads `data`. Raises av.FFmpegError."""
    return av.open(BytesIO(data), "r", options=OPTIONS, io_open=_refuse)


def open_file(path: Path) -> InputContainer:
    """Return a container that reads a file. Raises av.FFmpegError."""
    return av.open(path, options={**OPTIONS, "protocol_whitelist": "file"})


def open_address(url: str, headers: dict[str, str]) -> InputContainer:
    """Return a container that reads an address: 10 s to answer, then never 5 s without data. Raises av.FFmpegError.

    FFmpeg follows no redirects: they must have been followed before, so that they are looked at.
    """
    options = {**OPTIONS, "protocol_whitelist": PROTOCOLS}
    if url.startswith("http"):
        options["max_redirects"] = "0"
    if headers:
        options["headers"] = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return av.open(url, options=options, timeout=(OPEN_S, READ_S))


def _refuse(url: str, _flags: int, _options: dict[str, str]) -> object:
    raise PermissionError(f"media led to another address: {url}")


def port_error(error: av.FFmpegError, name: str) -> PortError:
    """Return what to tell of FFmpeg's trouble with `name`."""
    if isinstance(error, av.error.HTTPClientError):
        return PortError(f"{name}: the server refuses ({error.strerror}).", permanent=True)
    if isinstance(error, FileNotFoundError):
        return PortError(f"{name}: no such file.", permanent=True)
    if isinstance(error, PermissionError | IsADirectoryError):
        return PortError(f"{name}: cannot be read ({error.strerror}).", permanent=True)
    if isinstance(error, ValueError | av.error.EOFError | LookupError):
        return PortError(f"{name}: not media, or damaged.", permanent=True)
    if isinstance(error, av.error.ExitError | TimeoutError) or error.errno == errno.EAGAIN:
        return PortError(f"{name}: no data for {READ_S:.0f} s.", retryable=True)
    return PortError(f"{name}: the connection broke ({error.strerror}).", retryable=True)


def first_pts_s(data: bytes) -> float | None:
    """Return when the sound of a segment begins, on the clock of its stream; None where that cannot be told."""
    try:
        with open_bytes(data) as container:
            for packet in container.demux(audio=0):
                if packet.pts is not None:
                    return float(packet.pts * packet.time_base)
    except (av.FFmpegError, IndexError):
        pass
    return None
