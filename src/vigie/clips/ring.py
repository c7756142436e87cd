"""The last seconds of a live as it was broadcast, in memory: a moment that is over can still be cut out. Pure."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import chain, islice
from operator import attrgetter

from vigie.events import Encoding, Kind, Packet
from vigie.ports import PlacedPackets, Reel

JITTER_S = 0.05
"""By how much the time of one kind may go back inside an epoch: some streams date in milliseconds."""
LONGEST_STILL_S = 10.0
"""A picture stands for that long where no other comes; what follows later is after an interruption."""
PACKET_BYTES = 256
"""What a packet takes beside its data."""


class Ring:
    """Keeps the newest packets of one live: whole groups of pictures, and the sound beside them.

    Adding costs the same however much is kept (amortized). Never takes more than `most_bytes`.
    """

    def __init__(self, seconds: float, most_bytes: int) -> None:
        """Keep at least `seconds` before the newest packet, as long as they take no more than `most_bytes`."""
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._epochs = deque[_Epoch]()
        self._newest_s = 0.0
        self.size_bytes = 0
        """What is kept takes that much memory."""

    @property
    def span(self) -> tuple[float, float] | None:
        """Between which moments it can be cut, in seconds since the live started; None while there is nothing."""
        kept = [epoch for epoch in self._epochs if not epoch.is_empty]
        return (min(epoch.start_s for epoch in kept), kept[-1].end_s) if kept else None

    def add(self, placed: PlacedPackets) -> None:
        """Take packets in the order in which they came, and forget what is too old or too much.

        Pictures whose keyframe is not here are left out. A new epoch begins where the encodings change, or where time
        goes back; where it then tells the same moments anew, they count.
        """
        for packet in placed.packets:
            self._take(_shifted(packet, placed.shift_s), placed.encodings)
        self._forget()

    def cut(self, from_s: float, to_s: float) -> list[Reel]:
        """Return what was broadcast between two moments of the live, a reel an epoch; nothing where nothing is kept.

        Pictures begin with the last keyframe at or before `from_s`, or the first one there is, and the sound with
        them. They go on to `to_s`, and a little further where a picture before it needs a later one.
        """
        reels = list[Reel]()
        until_s = to_s
        for epoch in reversed(self._epochs):
            if not epoch.is_empty:
                reels += epoch.reels(from_s, until_s)
                until_s = min(until_s, epoch.start_s)
        return reels[::-1]

    def _take(self, packet: Packet, encodings: tuple[Encoding, ...]) -> None:
        if not self._epochs or not self._epochs[-1].takes(packet, encodings):
            while self._epochs and self._epochs[-1].is_outdated_by(packet):
                self.size_bytes -= self._epochs.pop().size_bytes
            self._epochs.append(_Epoch(encodings))
            self._newest_s = _end_s(packet)
        self._newest_s = max(self._newest_s, _end_s(packet))
        self.size_bytes += self._epochs[-1].keep(packet)

    def _forget(self) -> None:
        horizon_s = self._newest_s - self._seconds
        while self._epochs:
            oldest = self._epochs[0]
            if oldest.is_empty:
                self._epochs.popleft()
            elif self.size_bytes > self._most_bytes or oldest.needed_until_s <= horizon_s:
                self.size_bytes -= oldest.drop_oldest()
            else:
                return


@dataclass(slots=True)
class _Group:
    """A keyframe and the pictures that need it, in decoding order."""

    pictures: list[Packet]
    end_s: float

    @property
    def start_s(self) -> float:
        return self.pictures[0].pts_s


@dataclass(slots=True)
class _Epoch:
    """What one decoder can read from beginning to end."""

    encodings: tuple[Encoding, ...]
    groups: deque[_Group] = field(default_factory=deque)
    sounds: deque[Packet] = field(default_factory=deque)
    newest_dts_s: dict[Kind, float] = field(default_factory=dict)
    end_s: float = float("-inf")

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.sounds

    @property
    def start_s(self) -> float:
        return self.groups[0].start_s if self.groups else self.sounds[0].pts_s

    @property
    def size_bytes(self) -> int:
        pictures = (picture for group in self.groups for picture in group.pictures)
        return sum(map(_size_bytes, pictures)) + sum(map(_size_bytes, self.sounds))

    @property
    def needed_until_s(self) -> float:
        """Until when the oldest is shown or heard."""
        return _end_s(self.sounds[0]) if self._begins_with_sound else next(self._shown())[1]

    @property
    def _begins_with_sound(self) -> bool:
        return bool(self.sounds) and (not self.groups or self.sounds[0].pts_s < self.groups[0].start_s)

    def takes(self, packet: Packet, encodings: tuple[Encoding, ...]) -> bool:
        """Return whether a packet follows on what came before it."""
        newest_s = self.newest_dts_s.get(packet.kind, packet.dts_s)
        return encodings == self.encodings and packet.dts_s >= newest_s - JITTER_S

    def is_outdated_by(self, packet: Packet) -> bool:
        """Return whether nothing of this lies before a packet that tells it anew."""
        return self.is_empty or self.start_s >= packet.pts_s

    def keep(self, packet: Packet) -> int:
        """Take a packet; return how many bytes that takes, 0 for a picture whose keyframe is not here."""
        self.newest_dts_s[packet.kind] = max(packet.dts_s, self.newest_dts_s.get(packet.kind, packet.dts_s))
        if packet.kind is Kind.SOUND:
            self.sounds.append(packet)
        elif packet.is_keyframe:
            self.groups.append(_Group([packet], _end_s(packet)))
        elif self.groups:
            group = self.groups[-1]
            group.pictures.append(packet)
            group.end_s = max(group.end_s, _end_s(packet))
        else:
            return 0
        self.end_s = max(self.end_s, _end_s(packet))
        return _size_bytes(packet)

    def drop_oldest(self) -> int:
        """Forget the oldest sound, or the oldest group and the sound beside it; return how many bytes that took."""
        if self._begins_with_sound:
            return _size_bytes(self.sounds.popleft())
        dropped_bytes = sum(map(_size_bytes, self.groups.popleft().pictures))
        while self.groups and self._begins_with_sound:
            dropped_bytes += _size_bytes(self.sounds.popleft())
        return dropped_bytes

    def reels(self, from_s: float, to_s: float) -> Iterator[Reel]:
        """Yield what is to be shown and heard between two moments, and what that needs; nothing where it is none."""
        pictures = self._pictures(from_s, to_s)
        sounds = (sound for sound in self.sounds if sound.pts_s <= to_s)
        if pictures:
            beside = [sound for sound in sounds if sound.pts_s >= pictures[0].pts_s]
        else:
            beside = [sound for sound in sounds if _end_s(sound) > from_s]
        packets = tuple(merge(pictures, beside, key=attrgetter("dts_s")))
        if packets and max(map(_end_s, packets)) > from_s:
            kinds = {packet.kind for packet in packets}
            yield Reel(tuple(encoding for encoding in self.encodings if encoding.kind in kinds), packets)

    def _pictures(self, from_s: float, to_s: float) -> list[Packet]:
        """Return the pictures of a cut, in decoding order."""
        groups = (group for group, until_s in self._shown() if until_s > from_s and group.start_s <= to_s)
        chosen = [picture for group in groups for picture in group.pictures]
        while chosen and chosen[-1].pts_s > to_s:
            chosen.pop()
        # what is shown before the first keyframe but decoded after it needs pictures that are not here
        return [picture for picture in chosen if picture.pts_s >= chosen[0].pts_s]

    def _shown(self) -> Iterator[tuple[_Group, float]]:
        """Yield the groups, and until when each is shown: until the next one, but not for ever."""
        starts_s = chain((group.start_s for group in islice(self.groups, 1, None)), [float("inf")])
        for group, next_s in zip(self.groups, starts_s, strict=False):
            yield group, min(next_s, group.end_s + LONGEST_STILL_S)


def _shifted(packet: Packet, shift_s: float) -> Packet:
    return replace(packet, pts_s=packet.pts_s + shift_s, dts_s=packet.dts_s + shift_s)


def _end_s(packet: Packet) -> float:
    return packet.pts_s + packet.duration_s


def _size_bytes(packet: Packet) -> int:
    return len(packet.data) + PACKET_BYTES
