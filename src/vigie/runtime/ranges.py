"""Parts of a file over HTTP, as RFC 9110 section 14 says: what players need to seek without the whole.

`parse` is pure; `ranged` answers a request from a file on disk.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from vigie.errors import VigieError

CHUNK_BYTES = 256 * 1024
BYTES_UNIT = re.compile(r"bytes\s*=\s*(?P<ranges>.*)", re.IGNORECASE)
INT_RANGE = re.compile(r"(?P<first>\d{1,18})-(?P<last>\d{1,18})?", re.ASCII)
SUFFIX_RANGE = re.compile(r"-(?P<length>\d{1,18})", re.ASCII)


class Unsatisfiable(VigieError):
    """The part asked for begins after the end."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


def parse(header: str, size: int) -> Part | None:
    """Return the part of `size` bytes that a Range header asks for; None for the whole.

    The whole is right where the header is malformed, has another unit, or asks for several parts: RFC 9110 14.2 lets
    a server ignore it. Raises Unsatisfiable (14.1.2): a first byte at or after the end, or a suffix of nothing.
    """
    unit = BYTES_UNIT.fullmatch(header.strip())
    asked = unit["ranges"].strip() if unit else ""
    if suffix := SUFFIX_RANGE.fullmatch(asked):
        length = min(int(suffix["length"]), size)
        return _satisfiable(size - length, size - 1, size)
    if whole := INT_RANGE.fullmatch(asked):
        first, last = int(whole["first"]), int(whole["last"] or size)
        if whole["last"] and last < first:
            return None
        return _satisfiable(first, min(last, size - 1), size)
    return None


def _satisfiable(first: int, last: int, size: int) -> Part:
    if first >= size:
        raise Unsatisfiable
    return Part(first, last)


class PartResponse(StreamingHttpResponse):
    """A part of a file, read in chunks, off the loop where there is one."""

    def __init__(self, path: Path, part: Part, *, status: int, content_type: str) -> None:
        """Open `path`, until Django closes the response."""
        self._file = path.open("rb")
        super().__init__(_chunks(self._file, part), status=status, content_type=content_type)
        self["Content-Length"] = str(part.length)

    def close(self) -> None:
        """Close the file too."""
        try:
            super().close()
        finally:
            self._file.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what `__iter__` yields, without blocking."""
        chunks = iter(self)
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk


def _chunks(file: BinaryIO, part: Part) -> Iterator[bytes]:
    file.seek(part.first)
    left = part.length
    while left and (chunk := file.read(min(CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk


def ranged(request: HttpRequest, path: Path, *, content_type: str, etag: str) -> HttpResponseBase:
    """Answer with `path`, or the part asked for: 200, 206, 304, 412 or 416.

    `etag` names the bytes: another content needs another. A file that is not there raises FileNotFoundError.
    """
    quoted = quote_etag(etag)
    response = get_conditional_response(request, etag=quoted) or _answer(request, path, content_type, quoted)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = quoted
    response["Content-Encoding"] = "identity"  # a compressing middleware would break the offsets
    return response


def _answer(request: HttpRequest, path: Path, content_type: str, etag: str) -> HttpResponseBase:
    size = path.stat().st_size
    try:
        part = parse(request.headers.get("Range", ""), size) if _range_counts(request, etag) else None
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if part is not None:
        response = PartResponse(path, part, status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
        return response
    read = Part(0, -1 if request.method == "HEAD" else size - 1)  # servers would read all of it to send nothing
    response = PartResponse(path, read, status=200, content_type=content_type)
    response["Content-Length"] = str(size)
    return response


def _range_counts(request: HttpRequest, etag: str) -> bool:
    """Return whether Range is to be looked at: RFC 9110 14.2 (GET alone) and 13.1.5 (If-Range)."""
    return request.method == "GET" and request.headers.get("If-Range", etag) == etag
