from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from vigie.clips.ring import JITTER_S, LONGEST_STILL_S, PACKET_BYTES, Ring
from vigie.events import Encoding, Kind, Packet
from vigie.ports import PlacedPackets, Reel

TALL = Encoding(Kind.PICTURE, "h264", b"tall", width=720, height=1280)
SMALL = Encoding(Kind.PICTURE, "h264", b"small", width=544, height=960)
VOICE = Encoding(Kind.SOUND, "aac", b"voice", rate=48_000, layout="stereo")
BOTH: tuple[Encoding, ...] = (TALL, VOICE)
FOREVER = 10**9


def picture(pts_s: float, *, key: bool = False, dts_s: float | None = None, data: bytes = b"p") -> Packet:
    return Packet(Kind.PICTURE, pts_s, pts_s if dts_s is None else dts_s, 0.5, is_keyframe=key, data=data)


def sound(pts_s: float, data: bytes = b"s") -> Packet:
    return Packet(Kind.SOUND, pts_s, pts_s, 0.5, is_keyframe=True, data=data)


def stretch(
    from_s: float, to_s: float, *, encodings: tuple[Encoding, ...] = BOTH, shift_s: float = 0.0
) -> PlacedPackets:
    """Two pictures and two sounds a second, a keyframe each 2 s."""
    packets = list[Packet]()
    for half in range(int(from_s * 2), int(to_s * 2)):
        kinds = {encoding.kind for encoding in encodings}
        packets += [picture(half / 2, key=half % 4 == 0)] * (Kind.PICTURE in kinds)
        packets += [sound(half / 2)] * (Kind.SOUND in kinds)
    return PlacedPackets(shift_s, encodings, tuple(packets))


def filled(*stretches: PlacedPackets, seconds: float = 10.0, most_bytes: int = FOREVER) -> Ring:
    ring = Ring(seconds, most_bytes)
    for placed in stretches:
        ring.add(placed)
    return ring


def told(reels: Iterable[Reel]) -> list[tuple[bytes, list[float], list[float]]]:
    """Of each reel: the extradata of its pictures, when its pictures are shown, when its sound is heard."""
    return [
        (
            b"".join(it.extradata for it in reel.encodings if it.kind is Kind.PICTURE),
            [packet.pts_s for packet in reel.packets if packet.kind is Kind.PICTURE],
            [packet.pts_s for packet in reel.packets if packet.kind is Kind.SOUND],
        )
        for reel in reels
    ]


def halves(from_s: float, to_s: float) -> list[float]:
    """Every half second, both ends included."""
    return [half / 2 for half in range(int(from_s * 2), int(to_s * 2) + 1)]


# ── cutting ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("from_s", "to_s", "begins_s", "ends_s"),
    [
        (4.0, 6.0, 4.0, 6.0),
        (5.9, 6.0, 4.0, 6.0),
        (3.0, 3.2, 2.0, 3.0),
        (-5.0, 1.0, 0.0, 1.0),
        (5.0, 99.0, 4.0, 9.5),
    ],
)
def test_a_cut_begins_with_the_last_keyframe_before_it(
    from_s: float, to_s: float, begins_s: float, ends_s: float
) -> None:
    (reel,) = filled(stretch(0, 10)).cut(from_s, to_s)

    assert reel.encodings == BOTH
    assert told([reel]) == [(b"tall", halves(begins_s, ends_s), halves(begins_s, ends_s))]
    assert reel.packets[0] == picture(begins_s, key=True)
    assert [packet.dts_s for packet in reel.packets] == sorted(packet.dts_s for packet in reel.packets)


@pytest.mark.parametrize(("from_s", "begins_s"), [(3.0, 2.0), (13.9, 2.0), (14.0, 20.0), (20.0, 20.0)])
def test_a_cut_does_not_begin_long_before_an_interruption(from_s: float, begins_s: float) -> None:
    (reel,) = filled(stretch(0, 4), stretch(20, 24), seconds=30.0).cut(from_s, 21.0)

    assert reel.packets[0].pts_s == begins_s


@pytest.mark.parametrize(("from_s", "to_s"), [(20.0, 30.0), (-9.0, -1.0), (6.0, 5.0)])
def test_a_cut_of_what_is_not_kept_is_empty(from_s: float, to_s: float) -> None:
    assert filled(stretch(0, 10)).cut(from_s, to_s) == []


def test_a_ring_begins_empty() -> None:
    ring = Ring(10.0, FOREVER)

    assert (ring.span, ring.size_bytes, ring.cut(0.0, 10.0)) == (None, 0, [])


def test_times_are_those_of_the_live() -> None:
    (reel,) = filled(stretch(90, 94, shift_s=-80.0)).cut(0.0, 99.0)

    assert told([reel]) == [(b"tall", halves(10, 13.5), halves(10, 13.5))]
    assert [packet.dts_s for packet in reel.packets] == sorted(halves(10, 13.5) * 2)


def test_a_picture_that_others_need_is_kept_beyond_the_end() -> None:
    decoded = [picture(0.0, key=True, dts_s=-1.0), picture(1.5, dts_s=-0.5), picture(0.5, dts_s=0.0)]
    ring = filled(PlacedPackets(0.0, (TALL,), (*decoded, picture(1.0, dts_s=0.5), picture(2.0, dts_s=1.0))))

    (reel,) = ring.cut(0.0, 0.7)

    assert list(reel.packets) == decoded


def test_pictures_shown_before_the_first_keyframe_are_left_out() -> None:
    """An open group: those between need the keyframe before."""
    key, leading, after = picture(2.0, key=True, dts_s=1.0), picture(1.5, dts_s=1.5), picture(2.5, dts_s=2.0)
    first = picture(0.0, key=True, dts_s=-0.5)
    ring = filled(PlacedPackets(0.0, (TALL,), (first, key, leading, after)))

    assert [list(reel.packets) for reel in ring.cut(2.0, 9.0)] == [[key, after]]
    assert [list(reel.packets) for reel in ring.cut(1.0, 9.0)] == [[first, key, leading, after]]


def test_pictures_before_the_first_keyframe_are_not_kept() -> None:
    ring = filled(stretch(1, 3))

    assert told(ring.cut(0.0, 9.0)) == [(b"tall", [2.0, 2.5], [2.0, 2.5])]


def test_sound_alone_is_cut_where_it_is_asked_for() -> None:
    ring = filled(stretch(0, 10, encodings=(VOICE,)))

    assert told(ring.cut(3.2, 4.0)) == [(b"", [], [3.0, 3.5, 4.0])]
    assert ring.cut(3.2, 4.0)[0].encodings == (VOICE,)


def test_a_live_whose_pictures_stay_away_is_heard() -> None:
    ring = filled(stretch(0, 2), *(stretch(second, second + 1, encodings=(VOICE,)) for second in range(2, 30)))
    mute = filled(PlacedPackets(0.0, BOTH, tuple(packet for packet in stretch(0, 4).packets if packet.kind == "sound")))

    assert told(ring.cut(25.0, 26.0)) == [(b"", [], [25.0, 25.5, 26.0])]
    assert mute.cut(0.0, 0.4) == [Reel((VOICE,), (sound(0.0),))]


# ── epochs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_other_encodings_are_another_reel() -> None:
    ring = filled(stretch(0, 4), stretch(4, 8, encodings=(SMALL, VOICE)), stretch(8, 10))

    assert told(ring.cut(3.0, 8.0)) == [
        (b"tall", halves(2, 3.5), halves(2, 3.5)),
        (b"small", halves(4, 7.5), halves(4, 7.5)),
        (b"tall", [8.0], [8.0]),
    ]
    assert told(ring.cut(5.0, 6.0)) == [(b"small", halves(4, 6), halves(4, 6))]


def test_a_gap_is_no_new_reel() -> None:
    assert told(filled(stretch(0, 2), stretch(6, 8)).cut(0.0, 9.0)) == [
        (b"tall", halves(0, 1.5) + halves(6, 7.5), halves(0, 1.5) + halves(6, 7.5))
    ]


def test_what_comes_anew_counts() -> None:
    again = [replace(packet, data=b"again") for packet in stretch(4, 8).packets]
    ring = filled(stretch(0, 6), PlacedPackets(0.0, BOTH, tuple(again)))

    first, second = ring.cut(0.0, 9.0)

    assert told([first, second]) == [
        (b"tall", halves(0, 4), halves(0, 4)),
        (b"tall", halves(4, 7.5), halves(4, 7.5)),
    ]
    assert {packet.data for packet in second.packets} == {b"again"}


def test_what_is_told_anew_from_its_beginning_is_forgotten() -> None:
    ring = filled(stretch(4, 8), stretch(8, 9, encodings=(SMALL, VOICE)), stretch(2, 6))

    assert told(ring.cut(0.0, 9.0)) == [(b"tall", halves(2, 5.5), halves(2, 5.5))]
    assert ring.span == (2.0, 6.0)
    assert ring.size_bytes == 16 * (PACKET_BYTES + 1)


@pytest.mark.parametrize(("back_s", "reels"), [(0.0, 1), (JITTER_S / 2, 1), (JITTER_S * 2, 2), (5.0, 2)])
def test_time_that_goes_back_by_more_than_jitter_is_another_reel(back_s: float, reels: int) -> None:
    ring = filled(stretch(0, 7))
    ring.add(PlacedPackets(0.0, BOTH, (picture(6.5 - back_s, key=True), sound(6.5 - back_s))))

    assert len(ring.cut(0.0, 9.0)) == reels


def test_jitter_does_not_add_up() -> None:
    ring = filled(stretch(0, 6))
    for step in range(1, 4):
        ring.add(PlacedPackets(0.0, BOTH, (picture(5.5 - step * 0.04, key=True),)))

    assert len(ring.cut(0.0, 9.0)) == 2


# ── forgetting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_old_groups_are_forgotten_whole() -> None:
    ring = filled(stretch(0, 17))

    assert ring.span == (6.0, 17.0)
    assert told(ring.cut(0.0, 99.0)) == [(b"tall", halves(6, 16.5), halves(6, 16.5))]
    assert ring.size_bytes == 44 * (PACKET_BYTES + 1)


def test_old_sound_is_forgotten() -> None:
    assert filled(stretch(0, 17, encodings=(VOICE,))).span == (7.0, 17.0)


def test_what_is_too_much_is_forgotten_oldest_first() -> None:
    most_bytes = 9 * (PACKET_BYTES + 1)
    ring = filled(stretch(0, 9.5), most_bytes=most_bytes)

    assert (ring.span, ring.size_bytes) == ((8.0, 9.5), 6 * (PACKET_BYTES + 1))
    assert told(ring.cut(0.0, 99.0)) == [(b"tall", halves(8, 9), halves(8, 9))]


def test_a_group_that_is_too_much_alone_is_forgotten_until_the_next_keyframe() -> None:
    ring = filled(stretch(0, 2), most_bytes=5 * (PACKET_BYTES + 1))
    ring.add(PlacedPackets(0.0, BOTH, (picture(2.0), sound(2.0))))

    assert told(ring.cut(0.0, 99.0)) == [(b"", [], halves(0, 2))]

    ring.add(PlacedPackets(0.0, BOTH, (picture(2.5, key=True), sound(2.5))))

    assert told(ring.cut(0.0, 99.0)) == [(b"tall", [2.5], [2.5])]


def test_epochs_without_a_keyframe_take_nothing() -> None:
    ring = Ring(10.0, FOREVER)
    for number in range(50):
        ring.add(PlacedPackets(0.0, ((TALL, SMALL)[number % 2],), (picture(float(number)),)))

    assert (ring.span, ring.size_bytes, len(ring._epochs)) == (None, 0, 0)


def test_a_clock_that_jumps_far_ahead_forgets_the_rest() -> None:
    ring = filled(stretch(0, 6), stretch(1000, 1002))

    assert ring.span == (1000.0, 1002.0)


# ── beside a ring that forgets nothing ─────────────────────────────────────────────────────────────────────────────


class Everything:
    """What a ring does, with a list an epoch."""

    def __init__(self) -> None:
        self.epochs: list[tuple[tuple[Encoding, ...], list[Packet]]] = []

    def add(self, encodings: tuple[Encoding, ...], packets: Sequence[Packet]) -> None:
        for packet in packets:
            newest_s = max((it.dts_s for it in self.here if it.kind is packet.kind), default=packet.dts_s)
            if not self.epochs or self.epochs[-1][0] != encodings or packet.dts_s < newest_s - JITTER_S:
                self.epochs.append((encodings, []))
            self.here.append(packet)

    @property
    def here(self) -> list[Packet]:
        return self.epochs[-1][1] if self.epochs else []

    def end_s(self) -> float:
        return max(packet.pts_s + packet.duration_s for packet in self.here)

    def cut(self, from_s: float, to_s: float) -> list[Reel]:
        reels = list[Reel]()
        for encodings, packets in reversed(self.epochs):
            pictures = [packet for packet in packets if packet.kind is Kind.PICTURE]
            keys = [number for number, packet in enumerate(pictures) if packet.is_keyframe]
            first = max([number for number in keys if pictures[number].pts_s <= from_s], default=(*keys, 0)[0])
            group_end_s = self._group_end_s(pictures[first:])
            if group_end_s + LONGEST_STILL_S <= from_s:
                first = min([number for number in keys if number > first], default=len(pictures))
            last = max([number for number, packet in enumerate(pictures) if packet.pts_s <= to_s], default=-1)
            shown = [packet for packet in pictures[first : last + 1] if packet.pts_s >= pictures[first].pts_s]
            begins_s = shown[0].pts_s if shown else from_s - 0.25  # times are of half seconds
            heard = [it for it in packets if it.kind is Kind.SOUND and begins_s <= it.pts_s <= to_s]
            chosen = sorted([*shown, *heard], key=lambda packet: packet.dts_s)
            if chosen and max(packet.pts_s + packet.duration_s for packet in chosen) > from_s:
                kinds = {packet.kind for packet in chosen}
                reels.append(Reel(tuple(it for it in encodings if it.kind in kinds), tuple(chosen)))
            to_s = min(to_s, pictures[keys[0]].pts_s if keys else packets[0].pts_s)
        return reels[::-1]

    def _group_end_s(self, pictures: Sequence[Packet]) -> float:
        later = [number for number, packet in enumerate(pictures) if number and packet.is_keyframe]
        return max((it.pts_s + it.duration_s for it in pictures[: (*later, len(pictures))[0]]), default=FOREVER)


class Broadcasting(RuleBasedStateMachine):
    """A live with B-pictures, gaps, other encodings and clocks that go back; a ring with room, and one without."""

    seconds, little_bytes = 10.0, 40 * (PACKET_BYTES + 20)

    @initialize()
    def begin(self) -> None:
        self.ring, self.little = Ring(self.seconds, FOREVER), Ring(self.seconds, self.little_bytes)
        self.all = Everything()
        self.now_s, self.encodings = 100.0, BOTH

    @rule(groups=st.integers(1, 3), shift_s=st.sampled_from([0.0, -40.0, 1000.0]))
    def go_on(self, groups: int, shift_s: float) -> None:
        kinds = {encoding.kind for encoding in self.encodings}
        packets = list[Packet]()
        for _ in range(groups):
            at_s = self.now_s
            shown = [(0.0, 0.0), (1.5, 0.5), (0.5, 1.0), (1.0, 1.5)]  # in decoding order: pts, dts
            pictures = [picture(at_s + pts, key=not pts, dts_s=at_s + dts, data=bytes(20)) for pts, dts in shown]
            sounds = [sound(at_s + half / 2) for half in range(4)]
            packets += pictures * (Kind.PICTURE in kinds) + sounds * (Kind.SOUND in kinds)
            self.now_s += 2.0
        self.all.add(self.encodings, packets)
        own = [replace(it, pts_s=it.pts_s - shift_s, dts_s=it.dts_s - shift_s) for it in packets]
        for ring in (self.ring, self.little):
            ring.add(PlacedPackets(shift_s, self.encodings, tuple(own)))

    @rule(encodings=st.sampled_from([BOTH, (SMALL, VOICE), (VOICE,), (TALL,)]))
    def change(self, encodings: tuple[Encoding, ...]) -> None:
        self.encodings = encodings

    @rule(seconds=st.sampled_from([0.5, 3.0, 30.0]))
    def lose_some(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(seconds=st.sampled_from([0.5, 3.0, 30.0]))
    def tell_anew(self, seconds: float) -> None:
        self.now_s = max(self.now_s - seconds, 0.0)

    @precondition(lambda self: bool(self.all.epochs))
    @rule(ago_s=st.integers(0, 24), length_s=st.integers(0, 12))
    def cut(self, ago_s: int, length_s: int) -> None:
        span = cast("tuple[float, float]", self.ring.span)
        horizon_s = max(span[0], self.all.end_s() - self.seconds) + 2.0
        from_s = max(self.all.end_s() - ago_s / 2, horizon_s)

        assert self.ring.cut(from_s, from_s + length_s / 2) == self.all.cut(from_s, from_s + length_s / 2)

    @invariant()
    def is_bounded(self) -> None:
        for ring, most_bytes in ((self.ring, FOREVER), (self.little, self.little_bytes)):
            assert ring.size_bytes == sum(epoch.size_bytes for epoch in ring._epochs) <= most_bytes
            assert (ring.span is None) == (ring.size_bytes == 0)
            for reel in ring.cut(0.0, FOREVER):
                pictures = [packet for packet in reel.packets if packet.kind is Kind.PICTURE]
                assert not pictures or pictures[0].is_keyframe

    @invariant()
    def is_long_enough(self) -> None:
        if self.all.epochs:
            span, little = self.ring.span, self.little.span
            assert span is not None
            assert little is not None
            assert span[1] == little[1] == self.all.end_s()
            assert span[0] <= little[0] <= little[1]


Broadcasting.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestBroadcasting = Broadcasting.TestCase
