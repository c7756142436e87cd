"""Encoded pictures and sound in one form, whatever they were wrapped in: the one that `vigie.events.Encoding` tells."""

from typing import TYPE_CHECKING, Any, cast

import av
from av.audio.frame import AudioFrame
from av.bitstream import BitStreamFilterContext
from av.stream import Disposition

from vigie.adapters.web import adts
from vigie.adapters.web.pictures import decoded
from vigie.events import Encoding, Kind

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.packet import Packet
    from av.video.stream import VideoStream

TO_ANNEX_B = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}
Wrapped = tuple[Encoding, bytes]


class EncodedPictures:
    """The pictures of one stream from its first whole keyframe on. After damage they go on with the next one.

    What FFmpeg calls corrupt is kept: packagers that count each segment's packets anew make the last picture of each
    look so.
    """

    def __init__(self, stream: "VideoStream") -> None:
        self._codec = stream.codec_context.codec.canonical_name
        form = TO_ANNEX_B.get(self._codec)
        self._to_annex_b = _filter(form, stream) if form else None
        self._to_sets = _filter("extract_extradata", stream) if form else None
        is_cover = bool(stream.disposition & Disposition.attached_pic)  # of an album: no moving picture
        self._is_lost = is_cover or (form is not None and self._to_annex_b is None)
        self._extradata = (not form and stream.codec_context.extradata) or b""
        self._encoding: Encoding | None = None
        self._waits_for_keyframe = True
        self._began_at: int | None = None

    def wait_for_keyframe(self) -> None:
        """What follows does not follow on."""
        self._waits_for_keyframe = True

    def take(self, packet: "Packet[Any]") -> Wrapped | None:
        """Return a picture and its encoding, None for one that cannot be decoded. The packet is used up."""
        is_keyframe, pts = packet.is_keyframe, packet.pts
        try:
            data = self._unwrapped(packet)
            if is_keyframe:
                data = self._with_sets(data)
        except (av.FFmpegError, ValueError):
            self._waits_for_keyframe = True
            return None
        if is_keyframe and self._waits_for_keyframe:
            self._waits_for_keyframe, self._began_at = False, pts
        is_before = pts is not None and self._began_at is not None and pts < self._began_at  # needs what came earlier
        if self._encoding is None or self._waits_for_keyframe or is_before:
            return None
        return self._encoding, data

    def _unwrapped(self, packet: "Packet[Any]") -> bytes:
        """Return the bytes of a picture. Raises av.FFmpegError, ValueError for damage."""
        if self._is_lost:
            raise ValueError("no pictures that can be copied")
        if self._to_annex_b is None:
            if packet.has_sidedata("new_extradata"):
                self._extradata = bytes(packet.get_sidedata("new_extradata"))
            return bytes(packet)
        return b"".join(bytes(each) for each in self._to_annex_b.filter(packet))

    def _with_sets(self, data: bytes) -> bytes:
        """Return a keyframe with its parameter sets. Raises av.FFmpegError, ValueError where it cannot be decoded."""
        found = self._sets_in(data)
        extradata = found or self._extradata
        if self._to_sets and not found:
            data = extradata + data
        if self._encoding is None or extradata != self._encoding.extradata:
            frame = decoded(av.Packet(data), self._codec, extradata)
            self._extradata = extradata
            self._encoding = Encoding(Kind.PICTURE, self._codec, extradata, width=frame.width, height=frame.height)
        return data

    def _sets_in(self, data: bytes) -> bytes:
        filtered = self._to_sets.filter(av.Packet(data)) if self._to_sets else []
        told = (each.get_sidedata("new_extradata") for each in filtered if each.has_sidedata("new_extradata"))
        return b"".join(map(bytes, told))


def _filter(name: str, stream: "VideoStream") -> BitStreamFilterContext | None:
    """Return a filter for what a stream holds; None where what it says of itself is damaged."""
    try:
        return BitStreamFilterContext(name, stream)
    except (av.FFmpegError, ValueError):
        return None


class EncodedSound:
    """The sound of one stream."""

    def __init__(self, stream: "AudioStream") -> None:
        context = stream.codec_context
        self._codec = context.codec.canonical_name
        self._extradata = context.extradata or b""
        self._heard = (context.sample_rate, context.layout.name)
        self._encoding: Encoding | None = None

    def take(self, packet: "Packet[Any]", frames: list[AudioFrame]) -> Wrapped | None:
        """Return what `frames` were decoded from, and its encoding; None where nothing is known of it yet."""
        if packet.has_sidedata("new_extradata"):
            self._extradata = bytes(packet.get_sidedata("new_extradata"))
        if frames:
            self._heard = (frames[-1].sample_rate, frames[-1].layout.name)
        data, extradata = bytes(packet), self._extradata
        if self._codec == "aac":
            data, extradata = _standing_alone(data, extradata)
        if not data or not all(self._heard):
            return None
        before = self._encoding
        if before is None or (before.rate, before.layout, before.extradata) != (*self._heard, extradata):
            rate, layout = self._heard
            self._encoding = Encoding(Kind.SOUND, self._codec, extradata, rate=rate, layout=layout)
        return cast("Encoding", self._encoding), data


def _standing_alone(data: bytes, config: bytes) -> tuple[bytes, bytes]:
    if adts.has_header(data):
        return data, b""
    header = adts.header(config, len(data))
    return (data, config) if header is None else (header + data, b"")
