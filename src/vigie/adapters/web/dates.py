"""When encoded packets are due: what a container says of each, and what follows from those before where it does not."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av
    from av.stream import Stream

TICK_S = 0.001
"""What is decoded later is dated later, by that much where its clock says otherwise."""
JUMP_S = 1.0
"""A packet dated that far before the one before it has another clock."""

REORDERED = 2
"""So many pictures come before those that are shown before them, where a container does not tell (Matroska)."""

Times = tuple[float, float, float]
"""When it is shown, when it is decoded, how long it lasts; seconds."""


class Dates:
    """When the packets of one stream are due, on the container's clock. What a packet does not say follows on."""

    def __init__(self, stream: "Stream", *, reordered: int = 0) -> None:
        self._tick_s = float(stream.time_base or 0)
        self._reordered = reordered
        self._last_s: float | None = None
        self._lasts_s = 0.0
        self.jumped = False
        """Whether the last packet is dated by another clock than those before it."""

    def of(self, packet: "av.Packet[Any]") -> Times:
        """Return the times of the next packet in decoding order; the second of them grows, but where it jumped."""
        duration_s = (packet.duration or 0) * self._tick_s
        dts_s = self._undated(packet.pts, duration_s) if packet.dts is None else packet.dts * self._tick_s
        self.jumped = self._last_s is not None and dts_s < self._last_s - JUMP_S
        if self._last_s is not None and not self.jumped:
            dts_s = max(dts_s, self._last_s + TICK_S)
        pts_s = dts_s if packet.pts is None else max(dts_s, packet.pts * self._tick_s)
        if duration_s > 0.0:
            self._lasts_s = duration_s
        elif self._last_s is not None and 0.0 < dts_s - self._last_s < JUMP_S:
            self._lasts_s = dts_s - self._last_s
        self._last_s = dts_s
        return pts_s, dts_s, self._lasts_s

    def _undated(self, pts: int | None, duration_s: float) -> float:
        """Return when a packet is decoded that says at most when it is shown."""
        if self._last_s is not None:
            return self._last_s + self._lasts_s
        return (pts or 0) * self._tick_s - self._reordered * duration_s
