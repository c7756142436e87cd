"""HLS playlists: what there is, and what to fetch next. Pure; the m3u8 library parses.

Source: RFC 8216.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import urljoin

import m3u8

from vigie.adapters.web import renditions
from vigie.adapters.web.renditions import Renditions

EDGE_TARGETS = 3
"""A live is joined this many target durations before its end (RFC 8216 section 6.3.3)."""
FURTHEST_BACK_S = 600.0
"""How far behind its edge a live is taken up again at most."""
USUAL_TARGET_S = 6.0
LONGEST_TARGET_S = 60.0
"""However long segments are said to be, a live is asked for news that often."""
_NUMBERS = range(2**63)


class NotAPlaylist(ValueError):
    """The text is no HLS playlist."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one request brings: a file, or `size` bytes of it from `start` on."""

    url: str
    start: int = 0
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """How a segment is encrypted (AES-128 in CBC mode). Without an `iv` the sequence number is used."""

    url: str
    iv: bytes | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A few seconds of media."""

    sequence: int
    part: Part
    duration_s: float
    starts_clock: bool = False
    """It follows a discontinuity: other clock, maybe other codec."""
    init: Part | None = None
    key: Key | None = None
    is_missing: bool = False
    """The origin itself does not have it (EXT-X-GAP)."""


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """A window on a live, or a whole recording."""

    segments: tuple[Segment, ...]
    target_s: float
    is_complete: bool
    encryption: str = ""
    """Name of a method of encryption that Vigie does not undo, else empty."""


def read(text: str, url: str, *, with_packets: bool = False) -> MediaPlaylist | Renditions:
    """Return what a playlist found at `url` says, chosen as `renditions.choose` does. Raises NotAPlaylist."""
    if not text.lstrip("\ufeff \t\r\n").startswith("#EXTM3U"):
        raise NotAPlaylist("this is not an HLS playlist")
    try:
        found = m3u8.loads(text, url)
        if not found.is_variant:
            return _media_playlist(found, url)
        chosen = renditions.choose(found, url, with_packets=with_packets)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, m3u8.ParseError) as error:
        raise NotAPlaylist("this HLS playlist is damaged") from error
    if chosen is None:
        raise NotAPlaylist("this HLS playlist offers no sound")
    return chosen


# ── what is in it ──────────────────────────────────────────────────────────────────────────────────────────────────


def _media_playlist(found: Any, url: str) -> MediaPlaylist:
    unknown = next((key.method for key in found.keys if key and key.method not in {"NONE", "AES-128"}), "")
    return MediaPlaylist(
        segments=tuple(_segments(found, url)),
        target_s=min(float(found.target_duration or USUAL_TARGET_S), LONGEST_TARGET_S),
        is_complete=bool(found.is_endlist),
        encryption=unknown,
    )


def _segments(found: Any, url: str) -> Iterator[Segment]:
    before = Part(url="")
    if int(found.media_sequence or 0) not in _NUMBERS:
        raise ValueError("media sequence")
    for segment in found.segments:
        if not segment.uri:  # the parts of a segment that is not complete yet (low-latency HLS)
            continue
        before = _part(segment, url, before)
        yield Segment(
            sequence=segment.media_sequence,
            part=before,
            duration_s=max(0.0, float(segment.duration or 0.0)),
            starts_clock=bool(segment.discontinuity),
            init=_part(segment.init_section, url, Part(url="")) if segment.init_section else None,
            key=_key(segment.key, url),
            is_missing=bool(segment.gap_tag),
        )


def _part(thing: Any, url: str, before: Part) -> Part:
    """Return what to fetch; a byte range without a start follows on from the one before."""
    address = urljoin(url, thing.uri)
    if not thing.byterange:
        return Part(address)
    size, _, start = str(thing.byterange).partition("@")
    follows_at = before.start + (before.size or 0) if before.url == address else 0
    return Part(address, int(start) if start else follows_at, int(size))


def _key(key: Any, url: str) -> Key | None:
    if key is None or key.method != "AES-128":
        return None
    return Key(urljoin(url, key.uri), bytes.fromhex(key.iv[2:].zfill(32)) if key.iv else None)


# ── what comes next ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Step:
    """The next segment, and how it follows on."""

    segment: Segment
    needs_decoder: bool
    """Its bytes do not continue those of the segment before."""
    starts_clock: bool
    """Its clock is another one, and nothing is missing in between."""


class Reader:
    """Walks through the windows of one playlist, each segment once."""

    def __init__(self, start: int) -> None:
        """Begin with the segment of sequence number `start`."""
        self._next = start
        self._before: Segment | None = None

    def steps(self, playlist: MediaPlaylist) -> list[Step]:
        """Return the segments that were not returned before, in order."""
        return [self._step(segment) for segment in playlist.segments if self._is_new(segment)]

    def is_left_behind(self, playlist: MediaPlaylist) -> bool:
        """Return whether the numbers have begun anew: everything lies more than a window before what was returned."""
        last = playlist.segments[-1].sequence if playlist.segments else self._next
        return self._before is not None and last < self._before.sequence - len(playlist.segments)

    def _is_new(self, segment: Segment) -> bool:
        return segment.sequence >= self._next and not segment.is_missing

    def _step(self, segment: Segment) -> Step:
        before, self._before, self._next = self._before, segment, segment.sequence + 1
        follows = before is not None and segment.sequence == before.sequence + 1
        return Step(
            segment,
            needs_decoder=not follows or segment.starts_clock or before is None or before.init != segment.init,
            starts_clock=follows and segment.starts_clock,
        )


def edge(playlist: MediaPlaylist) -> int:
    """Return the sequence number where to join: the beginning of a recording, near the end of a live."""
    back_s = EDGE_TARGETS * playlist.target_s
    for segment in reversed(() if playlist.is_complete else playlist.segments):
        back_s -= segment.duration_s
        if back_s <= 0.0:
            return segment.sequence
    return playlist.segments[0].sequence if playlist.segments else 0


def at(playlist: MediaPlaylist, time_s: float) -> int:
    """Return the number of the segment of a recording that contains the moment `time_s`; else of the last one."""
    ends_s = accumulate(segment.duration_s for segment in playlist.segments)
    reached = (segment.sequence for segment, end_s in zip(playlist.segments, ends_s, strict=True) if end_s > time_s)
    return next(reached, playlist.segments[-1].sequence)


def going_back(playlist: MediaPlaylist, start: int, missing_s: float) -> int:
    """Return where to join so that the `missing_s` seconds before the segment `start` are played too."""
    if not 0.0 < missing_s <= FURTHEST_BACK_S:
        return start
    left_s = missing_s
    for segment in reversed([segment for segment in playlist.segments if segment.sequence < start]):
        start, left_s = segment.sequence, left_s - segment.duration_s
        if left_s <= 0.0:
            break
    return start


def pause_s(playlist: MediaPlaylist, *, has_news: bool) -> float:
    """Return how long to wait before asking again: about a segment, half of that when nothing had changed."""
    lasts_s = min(playlist.segments[-1].duration_s if playlist.segments else playlist.target_s, playlist.target_s)
    return max(0.2, lasts_s if has_news else lasts_s / 2)
