"""WebVTT, as it lies in HLS: text of a segment -> captions on the stream's clock. Pure.

Sources: WebVTT (W3C, 2019), RFC 8216 section 3.5 (X-TIMESTAMP-MAP). What is no cue is passed over, as they ask.
"""

import html
import re
from collections import deque
from collections.abc import Iterable, Iterator

from vigie.adapters.web.mpegclock import CLOCK_HZ, TURN_S
from vigie.events import CaptionReceived

REMEMBERED = 200
"""A cue is repeated in each segment it touches; this many of the last ones are known again."""
LONGEST_CUE_S = 30.0
"""Cues that stand until the next one comes are given ends hours away."""
LONGEST_TEXT = 2_000
"""Characters; more is nothing that anybody said within one cue."""

_TIME = r"(?:(\d{2,4}):)?(\d{2}):(\d{2})\.(\d{3})"
_CUE = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}")
_MAP = re.compile(r"^X-TIMESTAMP-MAP=(.*)", re.MULTILINE)
_MPEG, _LOCAL = re.compile(r"\bMPEGTS:(\d{1,19})"), re.compile(rf"\bLOCAL:{_TIME}")
_TAG = re.compile(r"<[^>]*>?")  # one that does not end takes the rest, as the standard says; and in linear time
_SPACE = re.compile(r"\s+")


def parse(text: str, language: str | None) -> list[CaptionReceived]:
    """Return the cues of a WebVTT file in order, dated on the MPEG clock its header maps them to. Never raises."""
    blocks = re.split(r"\n{2,}", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    shift_s = clock_shift(blocks[0])
    found = (_parse_cue(block, shift_s, language) for block in blocks)
    return [cue for cue in found if cue]


def clock_shift(header: str) -> float:
    """Return how far the cue times must be moved to lie on the MPEG clock, in seconds."""
    mapped = _MAP.search(header)
    mpeg, local = (_MPEG.search(mapped[1]), _LOCAL.search(mapped[1])) if mapped else (None, None)
    return int(mpeg[1]) / CLOCK_HZ % TURN_S - _seconds(local.groups()) if mpeg and local else 0.0


def _parse_cue(block: str, shift_s: float, language: str | None) -> CaptionReceived | None:
    lines = block.split("\n")
    for number, line in enumerate(lines[:2]):  # an identifier may stand above the times
        times = _CUE.match(line)
        if times:
            text = _plain("\n".join(lines[number + 1 :]))
            start_s, end_s = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
            end_s = min(end_s, start_s + LONGEST_CUE_S)
            return (
                CaptionReceived(start_s + shift_s, end_s + shift_s, text, language)
                if text and start_s < end_s
                else None
            )
    return None


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _plain(payload: str) -> str:
    """Return the words of a cue. A NUL, which no database keeps, is replaced as the standard says."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub("", payload)).replace("\0", "\ufffd")).strip()[:LONGEST_TEXT]


class NewCaptions:
    """Lets each caption of a rendition through once."""

    def __init__(self) -> None:
        self._known: deque[CaptionReceived] = deque(maxlen=REMEMBERED)

    def among(self, captions: Iterable[CaptionReceived]) -> Iterator[CaptionReceived]:
        """Yield those of `captions` that were not seen before."""
        for caption in captions:
            if caption not in self._known:
                self._known.append(caption)
                yield caption
