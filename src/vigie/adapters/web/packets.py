"""The encoded media of a container, copied as it passes, in batches of half a second: for clips."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from vigie.adapters.web.dates import REORDERED, Dates, Times
from vigie.adapters.web.encoded import EncodedPictures, EncodedSound, Wrapped
from vigie.events import Encoding, Kind, Packet, PacketsReceived

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

MOST_S, MOST_PACKETS = 0.25, 500
"""A batch ends after so much, and with the chunk of sound it lies beside."""


class Packets:
    """The encoded media of one container."""

    def __init__(
        self, put: Callable[[PacketsReceived], None], known: dict[Kind, Encoding], dated: Callable[[float], float]
    ) -> None:
        """Hand batches to `put`, dated by what `dated` makes of the container's clock.

        `known` holds the encodings of the connection: of kinds that another container brings, too.
        """
        self._put = put
        self._known = known
        self._dated = dated
        self._held: list[Packet] = []
        self._began_s: dict[Kind, float] = {}
        self._sound: tuple[EncodedSound, Dates] | None = None
        self._pictures: tuple[EncodedPictures, Dates] | None = None

    def add_sound(self, stream: AudioStream, packet: "av.Packet[Any]", frames: list[AudioFrame]) -> None:
        """Keep what `frames` were decoded from."""
        if not packet.size:
            return
        encoded, dates = self._sound = self._sound or (EncodedSound(stream), Dates(stream))
        times = dates.of(packet)
        self._add(encoded.take(packet, frames), times, is_keyframe=True)

    def add_picture(self, stream: "VideoStream", packet: "av.Packet[Any]") -> None:
        """Keep a picture, if it can be decoded. The packet is used up."""
        if not packet.size:
            return
        encoded, dates = self._pictures = self._pictures or (
            EncodedPictures(stream),
            Dates(stream, reordered=REORDERED),
        )
        times, is_keyframe = dates.of(packet), packet.is_keyframe
        if dates.jumped:
            self.flush()
            encoded.wait_for_keyframe()
        self._add(encoded.take(packet), times, is_keyframe=is_keyframe)

    def flush(self) -> None:
        """Hand over what was gathered."""
        held, self._held = self._held, []
        self._began_s.clear()
        if held:
            self._put(PacketsReceived(tuple(self._known[kind] for kind in Kind if kind in self._known), tuple(held)))

    def _add(self, wrapped: Wrapped | None, times: Times, *, is_keyframe: bool) -> None:
        if wrapped is None:
            return
        encoding, data = wrapped
        if self._known.get(encoding.kind, encoding) != encoding:
            self.flush()
        self._known[encoding.kind] = encoding
        pts_s, dts_s, duration_s = times
        at_s = self._dated(dts_s)
        self._held.append(Packet(encoding.kind, at_s + (pts_s - dts_s), at_s, duration_s, is_keyframe, data))
        if at_s - self._began_s.setdefault(encoding.kind, at_s) >= MOST_S or len(self._held) >= MOST_PACKETS:
            self.flush()
