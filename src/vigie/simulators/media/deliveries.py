"""What was really handed to whom: the book that tests compare a client's own account with."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from vigie.simulators.media.program import Segment
from vigie.simulators.media.recording import Sample

ADJACENT_S = 0.001


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of sound: its place on the live's clock, and on the clock of its part's timestamps."""

    part: int
    from_s: float
    to_s: float
    pts_from_s: float
    pts_to_s: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sound handed to a connection without a break."""

    connection: str
    """Address and port of the client."""
    live: str
    rendition: str
    """`flv`, `audio.flv`, `video` or `audio` (HLS)."""
    sound: Sound


class Deliveries:
    """All deliveries of a server, in order; what continues an earlier one makes it longer."""

    def __init__(self) -> None:
        self._all: list[Delivery] = []
        self._last: dict[tuple[str, str, str], int] = {}

    def extend(self, deliveries: Iterable[Delivery]) -> None:
        """Write down what was handed over."""
        for delivery in deliveries:
            key = (delivery.connection, delivery.live, delivery.rendition)
            place = self._last.get(key)
            if place is not None and _continues(self._all[place].sound, delivery.sound):
                self._all[place] = replace(delivery, sound=_joined(self._all[place].sound, delivery.sound))
            else:
                self._last[key] = len(self._all)
                self._all.append(delivery)

    def of(self, live: str) -> list[Delivery]:
        """Return what was handed over of one live."""
        return [delivery for delivery in list(self._all) if delivery.live == live]

    def as_json(self) -> list[dict[str, object]]:
        """Return everything, as `/control/log` tells it."""
        return [asdict(delivery) for delivery in list(self._all)]


def sound_of(segment: Segment, samples: Iterable[Sample] | None = None) -> list[Sound]:
    """Return the stretch of sound in a segment, or in some frames of it: one, or none where there are only pictures."""
    heard = [sample for sample in samples or segment.samples() if sample.track.is_audio]
    if not heard:
        return []
    from_s, to_s = heard[0].at_s, heard[-1].at_s + float(heard[-1].duration * heard[-1].track.time_base)
    times_s = [segment.live_s(from_s), segment.live_s(to_s), from_s + float(segment.shift), to_s + float(segment.shift)]
    return [Sound(segment.part.index, *(round(time_s, 6) for time_s in times_s))]


def united(deliveries: Iterable[Delivery]) -> list[tuple[float, float]]:
    """Return what the deliveries cover together, on the live's clock: stretches in order that do not touch."""
    spans: list[tuple[float, float]] = []
    for from_s, to_s in sorted((delivery.sound.from_s, delivery.sound.to_s) for delivery in deliveries):
        if spans and from_s <= spans[-1][1] + ADJACENT_S:
            spans[-1] = (spans[-1][0], max(to_s, spans[-1][1]))
        else:
            spans.append((from_s, to_s))
    return spans


def _continues(before: Sound, after: Sound) -> bool:
    return before.part == after.part and abs(after.from_s - before.to_s) < ADJACENT_S


def _joined(before: Sound, after: Sound) -> Sound:
    return replace(before, to_s=after.to_s, pts_to_s=after.pts_to_s)
