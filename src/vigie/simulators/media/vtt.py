"""WebVTT: cues read from a file, written as a whole or as the segments of an HLS subtitle rendition (RFC 8216, 3.5)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MPEG_CLOCK_HZ = 90_000
MPEG_WRAP = 2**33
"""An MPEG timestamp has 33 bits."""

_TIMES = re.compile(r"^((?:\d+:)?\d\d:\d\d\.\d{3})[ \t]+-->[ \t]+((?:\d+:)?\d\d:\d\d\.\d{3})", re.MULTILINE)
_VOICE = re.compile(r"^<v(?:\.\S+)?\s+([^>]+)>(.*?)(?:</v>)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words shown from `start_s` to `end_s`, and who says them where that is known."""

    start_s: float
    end_s: float
    text: str
    voice: str = ""


def read_cues(text: str) -> list[Cue]:
    """Return the cues of a WebVTT file in its order; anything that is not a cue is skipped."""
    cues: list[Cue] = []
    for block in re.split(r"\n{2,}", text.replace("\r\n", "\n")):
        times = _TIMES.search(block)
        if times:
            payload = block[times.end() :].partition("\n")[2].strip()
            voice = _VOICE.match(payload)
            said, who = (voice[2], voice[1]) if voice else (payload, "")
            cues.append(Cue(seconds(times[1]), seconds(times[2]), _unescape(said), _unescape(who)))
    return cues


def write_cues(cues: Iterable[Cue]) -> str:
    """Return a WebVTT file."""
    return "WEBVTT\n\n" + "".join(map(_cue, cues))


def write_segment(cues: Iterable[Cue], *, mpeg_zero: int) -> str:
    """Return a segment of a subtitle rendition; `mpeg_zero` is the MPEG timestamp (90 kHz) of the cues' second 0."""
    mapping = f"X-TIMESTAMP-MAP=MPEGTS:{mpeg_zero % MPEG_WRAP},LOCAL:00:00:00.000"
    return f"WEBVTT\n{mapping}\n\n" + "".join(map(_cue, cues))


def timecode(at_s: float) -> str:
    """Return seconds as WebVTT writes them: `00:01:02.345`."""
    total_ms = round(at_s * 1000)
    minutes, ms = divmod(total_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"


def seconds(timecode: str) -> float:
    """Return the seconds of a WebVTT time; its hours may be missing."""
    hours, minutes, rest = ("0:" + timecode).split(":")[-3:]
    whole, ms = rest.split(".")
    return (((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1000 + int(ms)) / 1000


def _cue(cue: Cue) -> str:
    voice = f"<v {_escape(cue.voice)}>" if cue.voice else ""
    return f"{timecode(cue.start_s)} --> {timecode(cue.end_s)}\n{voice}{_escape(cue.text)}\n\n"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescape(text: str) -> str:
    return text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
