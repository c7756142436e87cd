"""The encoded media of one live on its way to those who want it: each packet once, where its sound lies. Pure."""

from collections import deque
from collections.abc import Iterator
from math import inf

from vigie.events import Kind, Packet, PacketsReceived
from vigie.ports import PlacedPackets

MOST_WAITING = 40
"""So many batches, some twenty seconds, wait for the sound that tells where they lie."""
LONGEST_STEP_S = 0.5
"""What follows so closely on what was handed on lies where that clock says; it need not wait for its sound."""
TICK_S = 0.001
"""Dates are rounded to milliseconds: what is so little later is the same again."""


class Footage:
    """Packets of one live, in order of arrival.

    Guarantees: packets of a kind are handed on in growing order of decoding, none twice; pictures begin with a
    keyframe, and after anything is left out go on with one.
    """

    def __init__(self) -> None:
        self.dropped = 0
        """Batches that no sound came for in time."""
        self._waiting = deque[PacketsReceived]()
        self._heard_until_s = -inf
        self._last_s: dict[Kind, float] = {}
        self._is_joined = False
        """Whether anything of this connection was handed on."""
        self._shown_from_s: float | None = None
        """When the keyframe is shown that the pictures began with; None while one is awaited."""

    @property
    def is_full(self) -> bool:
        """Whether no more can wait."""
        return len(self._waiting) >= MOST_WAITING

    def connect(self, heard_until_s: float) -> None:
        """What follows comes from a new connection, which may repeat what was heard until then."""
        self._heard_until_s = heard_until_s
        self._is_joined = False
        self._shown_from_s = None

    def wait(self, received: PacketsReceived) -> None:
        """Let a batch wait; the oldest of too many is dropped."""
        if self.is_full:
            self._waiting.popleft()
            self._shown_from_s = None
            self.dropped += 1
        self._waiting.append(received)

    def goes_on(self, received: PacketsReceived, shift_s: float) -> bool:
        """Return whether a batch follows closely on what was handed on of this connection."""
        first = received.packets[0]
        last_s = self._last_s.get(first.kind)
        return self._is_joined and last_s is not None and 0.0 <= first.dts_s + shift_s - last_s <= LONGEST_STEP_S

    def placed(self, shift_s: float) -> Iterator[PlacedPackets]:
        """Yield what waits and was not handed on before; `shift_s` makes its times those of the live."""
        self._is_joined = True
        while self._waiting:
            batch = self._waiting.popleft()
            packets = tuple(packet for packet in batch.packets if self._passes(packet, shift_s))
            if packets:
                yield PlacedPackets(shift_s, batch.encodings, packets)

    def _passes(self, packet: Packet, shift_s: float) -> bool:
        at_s = packet.dts_s + shift_s
        is_known = at_s < self._last_s.get(packet.kind, -inf) + TICK_S
        is_old = is_known or at_s + packet.duration_s <= self._heard_until_s
        if packet.kind is Kind.PICTURE:
            is_old = not self._can_be_shown(packet, packet.pts_s + shift_s, is_old=is_old)
        if not is_old:
            self._last_s[packet.kind] = at_s
        return not is_old

    def _can_be_shown(self, picture: Packet, shown_s: float, *, is_old: bool) -> bool:
        """Return whether a decoder has all that a picture needs."""
        if is_old:
            self._shown_from_s = None
        elif self._shown_from_s is None and picture.is_keyframe:
            self._shown_from_s = shown_s
        return self._shown_from_s is not None and shown_s >= self._shown_from_s
