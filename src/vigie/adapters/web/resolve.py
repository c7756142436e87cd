"""What a person typed -> where its media is: a file, a direct address, or a page."""

from pathlib import Path, PurePosixPath
from stat import S_ISREG
from urllib.parse import unquote, urlsplit

from vigie.adapters.web import pages
from vigie.adapters.web.fetch import Fetcher, is_recording, shown
from vigie.adapters.web.pages import Bases
from vigie.adapters.web.playlist import Part
from vigie.ports import MediaLocation, PortError, Reach

MOST_SHOWN = 200
"""Of a name that is too long for a file."""
STREAM_SCHEMES = {"rtmp", "rtmps", "srt"}
MEDIA_SUFFIXES = {
    *(
        ".aac",
        ".aif",
        ".aiff",
        ".flac",
        ".flv",
        ".m4a",
        ".m4v",
        ".mka",
        ".mkv",
        ".mov",
        ".mp3",
        ".mp4",
        ".mpeg",
        ".mpg",
    ),
    *(".oga", ".ogg", ".ogv", ".opus", ".ts", ".wav", ".weba", ".webm"),
}


async def resolve(
    source: str, reach: Reach, bases: Bases | None = None, *, with_packets: bool = False
) -> MediaLocation:
    """Return where the media of `source` is, looking no further than `reach`. Raises PortError.

    `bases` says what pages are read elsewhere, and `with_packets` what is chosen there, as in `pages.find`.
    """
    if "://" not in source:
        return file_location(Path(source), reach)
    try:
        parts = urlsplit(source)
    except ValueError as error:
        raise PortError(f"{source}: not an address ({error}).", permanent=True) from error
    if parts.scheme == "file":
        return file_location(Path(unquote(parts.path)), reach)
    if parts.scheme in STREAM_SCHEMES:
        return MediaLocation(source, parts.scheme, is_live=True)
    if parts.scheme in {"http", "https"}:
        suffix = PurePosixPath(parts.path).suffix.lower()
        return await web_location(source, suffix, reach, bases, with_packets=with_packets)
    raise PortError(f"{shown(source)}: {parts.scheme}:// is no kind of address that can be watched.", permanent=True)


async def web_location(
    source: str, suffix: str, reach: Reach, bases: Bases | None = None, *, with_packets: bool = False
) -> MediaLocation:
    """Return the location of a playlist, of media, or of what a page shows. Raises PortError, NotLive."""
    if suffix == ".m3u8":
        return MediaLocation(source, "hls", is_live=True)
    if suffix in MEDIA_SUFFIXES:
        return MediaLocation(source, "http", is_live=True)  # or a recording: the answer will tell
    return await pages.find(source, reach, bases, with_packets=with_packets) or await probe(source, reach)


def file_location(path: Path, reach: Reach) -> MediaLocation:
    """Return the location of a media file. Raises PortError, whatever there is, where files are out of reach."""
    if reach < Reach.DISK:
        raise PortError(f"{path}: not an address. (Files are for the command line: vigie watch)", permanent=True)
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PortError(f"{path}: no such file. (An address begins with https://)", permanent=True) from error
    except (OSError, ValueError) as error:  # the latter for a name with a NUL
        reason = getattr(error, "strerror", error)
        raise PortError(f"{str(path)[:MOST_SHOWN]}: cannot be read ({reason}).", permanent=True) from error
    if not S_ISREG(found.st_mode):
        raise PortError(f"{path}: not a file.", permanent=True)
    if found.st_size == 0:
        raise PortError(f"{path}: empty file.", permanent=True)
    return MediaLocation(str(path), "file", is_live=False, title=path.name)


async def probe(url: str, reach: Reach) -> MediaLocation:
    """Ask for an address and return what kind of media it is, seen from the head of the answer. Raises PortError."""
    async with Fetcher({}, reach) as fetcher, fetcher.open(Part(url)) as response:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if "mpegurl" in kind:
            return MediaLocation(str(response.url), "hls", is_live=True)
        if kind in {"text/html", "application/xhtml+xml"}:
            raise pages.unknown(url)
        return MediaLocation(url, "http", is_live=not is_recording(response))
