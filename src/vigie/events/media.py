"""Media items: what one pull of a live yields, in stream order, between an adapter and `watch`."""

from dataclasses import dataclass, field
from enum import StrEnum

from vigie.events.base import Event


@dataclass(frozen=True, slots=True)
class MediaOpened(Event):
    """A source answered; its streams are known."""

    protocol: str
    """`file`, `hls`, `flv`, `rtmp`, ..."""
    is_live: bool
    """False for a recording, which is read as fast as it can be decoded."""
    has_audio: bool
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class AudioReceived(Event):
    """A stretch of decoded sound."""

    pts_s: float
    """Time of the first sample on the stream's own clock; continuous inside one epoch of the origin."""
    pcm: bytes
    """s16le, mono, 16 kHz; never empty."""


@dataclass(frozen=True, slots=True)
class CaptionReceived(Event):
    """Words the platform itself put on the stream."""

    pts_s: float
    end_pts_s: float
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class MediaEnded(Event):
    """The source said that there is nothing more: end of a file, `EXT-X-ENDLIST`.

    A mere end of bytes is a PortError.
    """


@dataclass(frozen=True, slots=True)
class KeyframeReceived(Event):
    """What the picture was like at a moment: enough to know one live from another, too little to know a face."""

    pts_s: float
    jpeg: bytes = field(repr=False)
    """Grey and blurred, 96 pixels wide; some 2 kB."""


class Kind(StrEnum):
    """What a packet carries."""

    PICTURE = "picture"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Encoding(Event):
    """How the packets of one kind are to be decoded; another one needs another decoder.

    Whatever the platform wraps them in, H.264 and HEVC are start codes and NAL units (Annex B), AAC has ADTS headers:
    such packets can be decoded, and put into MP4, without anything beside them.
    """

    kind: Kind
    codec: str
    """FFmpeg's name: `h264`, `hevc`, `aac`, ..."""
    extradata: bytes = field(repr=False)
    """What the decoder needs beforehand. H.264, HEVC: the parameter sets, which also lie in each keyframe, Annex B.

    Empty where the packets say it themselves (AAC with ADTS headers); an AudioSpecificConfig where no such header can.
    """
    width: int = 0
    """Pixels, of pictures."""
    height: int = 0
    rate: int = 0
    """Samples a second, of sound."""
    layout: str = ""
    """Of the channels of sound: `stereo`, `mono`, ..."""


@dataclass(frozen=True, slots=True)
class Packet(Event):
    """One picture or some milliseconds of sound, as the platform encoded it."""

    kind: Kind
    pts_s: float
    """When it is shown or heard, on the clock of the stream's sound."""
    dts_s: float
    """When it is decoded; grows from packet to packet of a kind."""
    duration_s: float
    is_keyframe: bool
    """Whether decoding may begin here; always so of sound."""
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PacketsReceived(Event):
    """Some quarter of a second of encoded media, in decoding order, all of the same encodings."""

    encodings: tuple[Encoding, ...]
    """One a kind: pictures, sound, or both."""
    packets: tuple[Packet, ...]
    """Never empty."""


MediaItem = MediaOpened | AudioReceived | CaptionReceived | KeyframeReceived | PacketsReceived | MediaEnded
