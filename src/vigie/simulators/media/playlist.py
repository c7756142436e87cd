"""HLS playlists as text (RFC 8216). Pure: what they list and what time it is are arguments."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigie.simulators.media.program import Program, Window
from vigie.simulators.media.recording import Recording

LANGUAGE_NAMES = {"fr": "Français", "en": "English"}


@dataclass(frozen=True, slots=True)
class Rendition:
    """One of the forms in which a live is offered: `video`, `audio` or `captions`."""

    name: str
    ending: str
    """Of its segments: `ts` or `vtt`."""


VIDEO, AUDIO, CAPTIONS = Rendition("video", "ts"), Rendition("audio", "ts"), Rendition("captions", "vtt")


def renditions_of(recording: Recording) -> dict[str, Rendition]:
    """Return the renditions that a recording has something for, by name."""
    kinds = {track.is_audio for track in recording.tracks}
    has = {VIDEO: False in kinds, AUDIO: True in kinds, CAPTIONS: bool(recording.cues)}
    return {rendition.name: rendition for rendition, is_there in has.items() if is_there}


def master_playlist(live: str, recording: Recording, *, language: str, query: str = "") -> str:
    """Return the playlist of the renditions: all streams, the sound alone, and the captions where there are some."""
    offered = renditions_of(recording)
    group = ',SUBTITLES="captions"' if "captions" in offered else ""
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if "captions" in offered:
        name = LANGUAGE_NAMES.get(language, language)
        kind = f'TYPE=SUBTITLES,GROUP-ID="captions",NAME="{name}",LANGUAGE="{language}"'
        lines.append(f'#EXT-X-MEDIA:{kind},DEFAULT=YES,AUTOSELECT=YES,URI="{_uri(live, "captions.m3u8", query)}"')
    if "video" in offered:
        codecs, size = (",".join(track.codecs for track in recording.tracks), recording.tracks[-1].size)
        stream = f'BANDWIDTH={recording.bits_per_s},CODECS="{codecs}",RESOLUTION={size}{group}'
        lines += [f"#EXT-X-STREAM-INF:{stream}", _uri(live, "video.m3u8", query)]
    if "audio" in offered:
        # Twitch names its rendition without pictures in this way, and streamlink takes the name from here.
        lines.append('#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="audio_only",NAME="audio_only",DEFAULT=NO,AUTOSELECT=NO')
        stream = f'BANDWIDTH={recording.audio_bits_per_s},CODECS="mp4a.40.2",VIDEO="audio_only"{group}'
        lines += [f"#EXT-X-STREAM-INF:{stream}", _uri(live, "audio.m3u8", query)]
    return _text(lines)


def media_playlist(
    rendition: Rendition, program: Program, window: Window, *, began_at: datetime, query: str = ""
) -> str:
    """Return the sliding playlist of one rendition; `began_at` is the wall-clock time of the live's second 0."""
    first = window.segments[0]
    opens_part = first.number == first.part.first_number and first.part.index > 0
    target_s = math.ceil(max(part.recording.longest_segment_s for part in program.parts))
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{target_s}",
        f"#EXT-X-MEDIA-SEQUENCE:{first.number}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{first.part.index - opens_part}",
    ]
    for segment in window.segments:
        if segment.number == segment.part.first_number and segment.part.index > 0:
            lines.append("#EXT-X-DISCONTINUITY")
        aired_at = began_at + timedelta(seconds=segment.starts_s)
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{aired_at.isoformat(timespec='milliseconds')}")
        lines.append(f"#EXTINF:{segment.duration_s:.3f},")
        lines.append(_uri(rendition.name, f"{segment.number}.{rendition.ending}", query))
    return _text([*lines, "#EXT-X-ENDLIST"] if window.is_over else lines)


def _uri(folder: str, name: str, query: str) -> str:
    return f"{folder}/{name}?{query}" if query else f"{folder}/{name}"


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
