"""Finding the media of a page with streamlink, in a thread. Nothing else imports it: it costs 45 MB and 0.4 s.

Its plugins break with the platforms they read: whatever goes wrong here is told, never fatal to anything else.
"""

import asyncio
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from vigie.adapters.web import reach
from vigie.adapters.web.fetch import shown
from vigie.adapters.web.renditions import MOST_LINES
from vigie.adapters.web.threads import beside
from vigie.ports import MediaLocation, NotLive, PortError, Reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Response
    from streamlink.session.session import Streamlink
    from streamlink.stream.stream import Stream

Bases = Mapping[str, str]
"""Scheme and host -> where to ask instead, both without a slash at the end."""

RESOLVE_S = 30.0
REQUEST_S = 10.0
REFUSED = {401, 403, 408, 425, 429}
AUDIO_NAMES = ("audio_only", "audio", "ao")
"""What plugins call a rendition without pictures: Twitch, YouTube, TikTok."""
SMALLEST = "worst"
"""streamlink's word for the smallest stream with pictures."""
_STATUS = re.compile(r"\b([45]\d\d) (?:Client|Server) Error")
_LINES = re.compile(r"(\d{2,4})p")
_UNSENT_HEADERS = {"accept", "accept-encoding", "connection"}


async def find(
    url: str, within: Reach, bases: Bases | None = None, *, with_packets: bool = False
) -> MediaLocation | None:
    """Return where the media of a page is; None for a page that no plugin knows. Raises PortError, NotLive.

    `with_packets` prefers what has pictures fit for clips to sound alone.
    What a plugin asks of a key of `bases` (`https://usher.example`) is asked of its value instead: a simulator.
    """
    if not is_installed():
        return None
    try:
        async with asyncio.timeout(RESOLVE_S):
            return await beside(lambda: _find(url, within, bases or {}, with_packets=with_packets), name="resolver")
    except TimeoutError as error:
        raise PortError(f"{shown(url)}: not resolved within {RESOLVE_S:.0f} s.", retryable=True) from error


def is_installed() -> bool:
    """Return whether there is a streamlink to ask."""
    return find_spec("streamlink") is not None


def unknown(url: str) -> PortError:
    """Return what to tell of a page whose live is not found."""
    if is_installed():
        return PortError(f"{shown(url)}: a web page without a live that streamlink knows.", permanent=True)
    return PortError(f"{shown(url)}: a web page, and streamlink is missing: pip install 'vigie[web]'.", permanent=True)


def _find(url: str, within: Reach, bases: Bases, *, with_packets: bool) -> MediaLocation | None:
    from streamlink.exceptions import NoPluginError, StreamlinkError  # noqa: PLC0415 -- an extra, and slow to import
    from streamlink.session.session import Streamlink  # noqa: PLC0415 -- an extra, and slow to import

    reach.check(url, within)
    session = Streamlink({"http-timeout": REQUEST_S, "webbrowser": False})  # else Twitch's plugin may start a Chromium
    troubles = list[str]()
    session.http.send = _noting(_looking(session.http.send, within, bases), troubles)  # type: ignore[method-assign] # redirects pass here too
    try:
        _, plugin_class, address = session.resolve_url_no_redirect(url)
        plugin = plugin_class(session, address)
        streams = plugin.streams()
        title = plugin.get_title() if streams else None
    except NoPluginError:
        return None
    except (StreamlinkError, OSError) as error:
        raise plugin_trouble(url, error) from error
    if not streams and troubles:  # which plugins take for an end: whether it is one cannot be told
        raise PortError(f"{shown(url)}: nothing is on air, or it is not shown: {troubles[0]}.", retryable=True)
    return location(session, streams, url, title or "", with_packets=with_packets)


def _noting(send: "Callable[..., Response]", troubles: list[str]) -> "Callable[..., Response]":
    """Return what also writes down requests that were refused or broke; an answer of 404 is an answer."""

    def send_and_note(request: "PreparedRequest", **options: Any) -> "Response":
        try:
            response = send(request, **options)
        except OSError as error:
            troubles.append(type(error).__name__)
            raise
        if response.status_code in REFUSED or response.status_code >= 500:
            troubles.append(f"HTTP {response.status_code}")
        return response

    return send_and_note


def _looking(send: "Callable[..., Response]", within: Reach, bases: Bases) -> "Callable[..., Response]":
    def look_and_send(request: "PreparedRequest", **options: Any) -> "Response":
        request.url = rebased(request.url or "", bases)
        reach.check(request.url, within)
        return send(request, **options)

    return look_and_send


def rebased(url: str, bases: Bases) -> str:
    """Return where to ask for `url`: elsewhere, when a key of `bases` is its scheme and host."""
    for old, new in bases.items():
        if url.startswith(f"{old}/"):
            return new + url.removeprefix(old)
    return url


def choose(streams: Mapping[str, "Stream"]) -> "Stream":
    """Return the stream to listen to: without pictures if there is one, else the smallest."""
    name = next((name for name in AUDIO_NAMES if name in streams), None)
    name = name or next((name for name in streams if name.startswith("audio")), SMALLEST)
    return streams.get(name) or next(iter(streams.values()))


def choose_shown(streams: Mapping[str, "Stream"]) -> "Stream":
    """Return the best stream with pictures of at most 720 lines by its name, else the smallest with pictures."""
    lines = {name: int(found[1]) for name in streams if (found := _LINES.match(name))}
    fitting = [name for name in lines if lines[name] <= MOST_LINES]
    best = max(fitting, key=lambda name: lines[name], default=SMALLEST)
    return streams.get(best) or next(iter(streams.values()))


def location(
    session: "Streamlink", streams: Mapping[str, "Stream"], url: str, title: str, *, with_packets: bool = False
) -> MediaLocation:
    """Return where to pull what a plugin found on a page. Raises NotLive, PortError."""
    from streamlink.stream.ffmpegmux import MuxedStream  # noqa: PLC0415 -- an extra, and slow to import
    from streamlink.stream.hls.hls import HLSStream  # noqa: PLC0415 -- an extra, and slow to import
    from streamlink.stream.http import HTTPStream  # noqa: PLC0415 -- an extra, and slow to import

    if not streams:
        raise NotLive(f"{shown(url)}: nothing is on air now.", retryable=True)
    stream = choose_shown(streams) if with_packets else choose(streams)
    seen = None if with_packets else streams.get(SMALLEST)
    if isinstance(stream, MuxedStream):  # pictures first, then sound
        seen, stream = (stream.substreams[0] if with_packets else seen), stream.substreams[-1]
    if not isinstance(stream, HTTPStream):
        kind = type(stream).__name__
        raise PortError(f"{shown(url)}: this kind of stream cannot be pulled: {kind}.", permanent=True)
    request = session.http.prepare_new_request(**stream.args)
    headers = {name: str(value) for name, value in request.headers.items() if name.lower() not in _UNSENT_HEADERS}
    protocol = "hls" if isinstance(stream, HLSStream) else "http"
    pictures_url = str(seen.args["url"]) if isinstance(seen, HLSStream) and seen is not stream else ""
    return MediaLocation(
        str(request.url), protocol, is_live=True, headers=headers, title=title, pictures_url=pictures_url
    )


def plugin_trouble(url: str, error: Exception) -> PortError:
    """Return what to tell of streamlink's trouble with a page; the status of the answer stands in its message."""
    from streamlink.exceptions import FatalPluginError  # noqa: PLC0415 -- an extra, and slow to import

    status = _STATUS.search(str(error))
    message = f"{shown(url)}: " + (f"HTTP {status[1]}." if status else "streamlink cannot read this page.")
    is_refused = status is not None and status[1] not in {"408", "425", "429"} and status[1] < "500"
    if isinstance(error, FatalPluginError) or is_refused:
        return PortError(message, permanent=True)
    return PortError(message, retryable=True)
