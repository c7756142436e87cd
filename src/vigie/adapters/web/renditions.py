"""Which of the renditions of an HLS broadcast to play. Pure; the m3u8 library parses. Source: RFC 8216.

Where sound is all that is wanted, one without pictures is preferred, else the smallest. Where the encoded media is
wanted too, one with pictures, and its sound wherever it lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from vigie.adapters.languages import iso_639_1

MOST_LINES = 720
"""Of pictures that are pulled and kept for clips: what happened is seen on them, and twice the lines cost three times
the network and the memory."""
_AUDIO_CODECS = ("mp4a", "ac-3", "ec-3", "opus", "flac", "mp3")
_PLAYED_EVERYWHERE = ("avc1", "avc3")
"""What every browser shows."""


@dataclass(frozen=True, slots=True)
class Renditions:
    """Which playlists to play: the sound, and the captions where there are any."""

    sound_url: str
    captions_url: str | None = None
    captions_language: str | None = None
    pictures_url: str | None = None
    """The smallest one with pictures, where the sound comes without them."""
    packets_url: str | None = None
    """The one whose pictures are wanted packet by packet, where the sound comes without them."""


def choose(found: Any, url: str, *, with_packets: bool = False) -> Renditions | None:
    """Return what to play of a playlist of playlists found at `url`; None where nothing has sound."""
    captions = _default([media for media in found.media if media.type == "SUBTITLES" and media.forced != "YES"])
    sound, pictures, packets = _sound_uri(found), None, None
    if with_packets and (shown := _shown(found)):
        packets = str(shown.uri)
        sound = _sound_of(shown, found) or sound
        packets = packets if packets != sound else None
    elif sound:
        pictures = _pictures_uri(found, sound)
    if not sound:
        return None
    return Renditions(
        urljoin(url, sound),
        urljoin(url, captions.uri) if captions else None,
        iso_639_1(captions.language) if captions else None,
        urljoin(url, pictures) if pictures else None,
        urljoin(url, packets) if packets else None,
    )


def _sound_uri(found: Any) -> str | None:
    """Return the best rendition without pictures, else the smallest one that may have sound."""
    only_sound = [variant for variant in _by_size(found) if _has_no_pictures(variant.stream_info)]
    if only_sound:
        return str(only_sound[-1].uri)
    apart = _sound_apart(found.media)
    return apart or next((str(one.uri) for one in _by_size(found) if _may_have_sound(one.stream_info)), None)


def _sound_apart(media: Sequence[Any]) -> str | None:
    """Return the usual sound where it lies apart from the pictures."""
    tracks = [one for one in media if one.type == "AUDIO"]
    track = _default(tracks)
    is_within = any(one.default == "YES" and not one.uri for one in tracks)  # the usual sound lies with the pictures
    return str(track.uri) if track and not is_within else None


def _pictures_uri(found: Any, sound: str) -> str | None:
    """Return the smallest rendition that may have pictures; None where they come with the sound, or not at all."""
    shown = [str(variant.uri) for variant in _by_size(found) if not _has_no_pictures(variant.stream_info)]
    return shown[0] if shown and sound not in shown else None


def _shown(found: Any) -> Any:
    """Return the best rendition with pictures of at most 720 lines, else the smallest; None where there is none."""
    shown = [variant for variant in _by_size(found) if not _has_no_pictures(variant.stream_info)]
    shown = [one for one in shown if any(map(_is_played_everywhere, _codecs(one.stream_info)))] or shown
    fitting = [variant for variant in shown if 0 < _lines(variant.stream_info) <= MOST_LINES]
    return fitting[-1] if fitting else next(iter(shown), None)


def _sound_of(shown: Any, found: Any) -> str | None:
    """Return where the sound of a rendition with pictures lies: apart, or with them; None where it has none."""
    apart = _sound_apart([one for one in shown.media if one.type == "AUDIO"] or found.media)
    return apart or (str(shown.uri) if _may_have_sound(shown.stream_info) else None)


def _by_size(found: Any) -> list[Any]:
    return sorted(found.playlists, key=lambda variant: variant.stream_info.bandwidth)


def _default(media: Sequence[Any]) -> Any:
    with_uri = [one for one in media if one.uri]
    return next((one for one in with_uri if one.default == "YES"), with_uri[0] if with_uri else None)


def _lines(info: Any) -> int:
    """Return the shorter side, in pixels: 720 also of pictures that stand upright; 0 where it is not said."""
    return min(info.resolution) if info.resolution else 0


def _codecs(info: Any) -> list[str]:
    return [codec.strip().lower() for codec in (info.codecs or "").split(",") if codec.strip()]


def _has_no_pictures(info: Any) -> bool:
    codecs = _codecs(info)
    is_named_so = info.video in {"audio_only", "ao"}  # Twitch says it in the group of the variant
    return is_named_so or (not info.resolution and bool(codecs) and all(map(_is_sound, codecs)))


def _may_have_sound(info: Any) -> bool:
    codecs = _codecs(info)
    return not codecs or any(map(_is_sound, codecs))


def _is_sound(codec: str) -> bool:
    return codec.startswith(_AUDIO_CODECS)


def _is_played_everywhere(codec: str) -> bool:
    return codec.startswith(_PLAYED_EVERYWHERE)
