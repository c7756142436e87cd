"""Packets on their way to who wants them: alone, beside scripted sound, and from a real pull that breaks."""

import asyncio
from itertools import pairwise
from math import inf
from pathlib import Path
from random import Random

import pytest
from asgiref.sync import sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.web.replay import replayed
from tests.factories import make_channel
from tests.stages import stage
from tests.watch.conftest import Provided
from tests.watch.fakes import (
    AS_HEARD,
    AS_SHOWN,
    ENDED,
    OPENED,
    Memory,
    ScriptedMedia,
    Step,
    footage,
)
from vigie.adapters.web.client import WebMedia
from vigie.events import Kind, Packet, PacketsReceived
from vigie.ports import PlacedPackets, PortError, Reach
from vigie.simulators.media import Fault, Live, MediaServer, demo_script
from vigie.simulators.media import Kind as FaultKind
from vigie.watch import sinks, watching
from vigie.watch.footage import MOST_WAITING, TICK_S, Footage
from vigie.watch.logbook import Logbook
from vigie.watch.models import Channel
from vigie.watch.reconnecting import Patience
from vigie.watch.watcher import Watcher

DEADLINE_S = 60
SPEED = 8.0
QUICK = Patience(first_s=0.01, longest_s=0.02)
PATIENT = Patience(first_s=0.1, longest_s=0.5, tries=20)
BROKEN = PortError("the connection broke", retryable=True)


def picture(at_s: float, *, is_key: bool = False, shown_s: float | None = None) -> Packet:
    return Packet(Kind.PICTURE, at_s if shown_s is None else shown_s, at_s, 0.5, is_key, b"picture")


def sound(at_s: float) -> Packet:
    return Packet(Kind.SOUND, at_s, at_s, 0.5, is_keyframe=True, data=b"sound")


def batch(*packets: Packet) -> PacketsReceived:
    return PacketsReceived((AS_SHOWN, AS_HEARD), packets)


def placed(kept: Footage, *packets: Packet, shift_s: float = 0.0) -> list[Packet]:
    """Return what of a batch is handed on."""
    kept.wait(batch(*packets))
    return [packet for each in kept.placed(shift_s) for packet in each.packets]


# ── which packets are handed on ────────────────────────────────────────────────────────────────────────────────────


def test_packets_keep_their_times_and_are_told_how_far_they_lie_from_those_of_the_live() -> None:
    kept, first, second = Footage(), batch(picture(90.0, is_key=True), sound(90.0)), batch(sound(90.5))
    kept.wait(first)
    kept.wait(second)

    assert list(kept.placed(-90.0)) == [
        PlacedPackets(-90.0, first.encodings, first.packets),
        PlacedPackets(-90.0, second.encodings, second.packets),
    ]
    assert list(kept.placed(-90.0)) == []


def test_pictures_begin_with_a_keyframe_and_with_what_is_shown_after_it() -> None:
    key, early, late = picture(1.0, is_key=True, shown_s=2.0), picture(1.5, shown_s=1.6), picture(2.0, shown_s=2.5)

    assert placed(Footage(), picture(0.5), sound(0.5), key, early, late) == [sound(0.5), key, late]


def test_what_is_repeated_by_a_new_connection_is_left_out_and_pictures_wait_for_a_keyframe() -> None:
    kept = Footage()
    placed(kept, picture(0.0, is_key=True), sound(0.0), picture(0.5), sound(0.5))
    kept.connect(1.0)

    again = [picture(0.0, is_key=True), sound(0.0), picture(0.5), sound(0.5)]
    news = [picture(1.0), sound(1.0), picture(1.5, is_key=True), sound(1.5)]

    assert placed(kept, *again, *news) == [sound(1.0), picture(1.5, is_key=True), sound(1.5)]


def test_after_a_crash_what_the_former_owner_heard_is_left_out() -> None:
    kept = Footage()
    kept.connect(10.0)

    heard = [picture(9.0, is_key=True), sound(9.0), picture(9.5), sound(9.5)]

    assert placed(kept, *heard, picture(10.0, is_key=True), sound(10.0)) == [picture(10.0, is_key=True), sound(10.0)]


def test_packets_wait_in_bounds_and_pictures_go_on_with_a_keyframe() -> None:
    kept = Footage()
    for number in range(MOST_WAITING + 3):
        kept.wait(batch(picture(number, is_key=number % 4 == 0), sound(number)))

    found = [packet for each in kept.placed(0.0) for packet in each.packets]

    assert (kept.dropped, kept.is_full) == (3, False)
    assert [packet.dts_s for packet in found if packet.kind is Kind.SOUND] == list(range(3, MOST_WAITING + 3))
    assert [packet.dts_s for packet in found if packet.kind is Kind.PICTURE] == list(range(4, MOST_WAITING + 3))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["wait", "connect", "place"]), st.integers(0, 20), st.booleans(), st.sampled_from([-5.0, 0.0])
    ),
    max_size=60,
)


@given(steps=STEPS)
def test_packets_only_grow_and_pictures_can_always_be_decoded(steps: list[tuple[str, int, bool, float]]) -> None:
    kept, found = Footage(), list[tuple[Kind, float]]()
    for what, at_s, is_key, shift_s in steps:
        if what == "wait":
            kept.wait(batch(picture(at_s, is_key=is_key), sound(at_s)))
        elif what == "connect":
            kept.connect(float(at_s))
        else:
            found += [(each.kind, each.dts_s + got.shift_s) for got in kept.placed(shift_s) for each in got.packets]

    for kind in Kind:
        times = [at_s for each, at_s in found if each is kind]
        assert all(after >= before + TICK_S for before, after in pairwise([-inf, *times]))


# ── beside the sound ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def wanting(memory: Memory) -> Memory:
    """Another sink, which wants packets."""
    wanting = Memory()
    sinks.add_sink(wanting, wants_packets=wanting.wants)
    return wanting


async def watched(*connections: list[Step]) -> ScriptedMedia:
    """Watch a live to its end."""
    channel = await sync_to_async(make_channel)()
    media = ScriptedMedia(*connections)
    watcher = Watcher(await Logbook.of(channel.pk), media, patience=QUICK, rng=Random(1))
    async with asyncio.timeout(DEADLINE_S):
        await watcher.watch()
    return media


@pytest.mark.django_db(transaction=True)
async def test_packets_are_asked_for_where_they_are_wanted(wanting: Memory, memory: Memory) -> None:
    media = await watched([OPENED, *footage(500.0, 3), ENDED])

    assert media.asked_for_packets == [True]
    assert wanting.asked_for == [wanting.opened[0].workspace_id]
    assert wanting.times(Kind.SOUND) == [0.0, 1.0, 2.0]
    assert wanting.times(Kind.PICTURE) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert memory.encoded == []
    assert memory.heard == wanting.heard


@pytest.mark.django_db(transaction=True)
async def test_packets_are_not_asked_for_where_nobody_wants_them(memory: Memory) -> None:
    media = await watched([OPENED, *footage(500.0, 2), ENDED])

    assert media.asked_for_packets == [False]
    assert memory.encoded == []


@pytest.mark.django_db(transaction=True)
async def test_packets_of_a_new_connection_go_on_where_the_sound_does(wanting: Memory) -> None:
    await watched(
        [OPENED, *footage(7.0, 3), BROKEN], [OPENED, *footage(9.0, 4), BROKEN], [OPENED, *footage(13, 2), ENDED]
    )

    assert wanting.stretches == [(0, 0.0, 8.0)]
    assert wanting.times(Kind.SOUND) == [float(number) for number in range(8)]
    assert wanting.times(Kind.PICTURE) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5]


@pytest.mark.django_db(transaction=True)
async def test_packets_of_a_lost_stretch_leave_a_hole_as_the_sound_does(wanting: Memory) -> None:
    await watched([OPENED, *footage(0.0, 2), *footage(10.0, 2), ENDED])

    assert [stretch[1:] for stretch in wanting.stretches] == [(0.0, 2.0), (10.0, 12.0)]
    assert wanting.times(Kind.SOUND) == [0.0, 1.0, 10.0, 11.0]


@pytest.mark.django_db(transaction=True)
async def test_packets_of_another_clock_lie_where_its_sound_lies(wanting: Memory) -> None:
    await watched([OPENED, *footage(100.0, 2), OPENED, *footage(3.0, 2), ENDED])

    assert wanting.stretches == [(0, 0.0, 4.0)]
    assert wanting.times(Kind.SOUND) == [0.0, 1.0, 2.0, 3.0]
    assert wanting.times(Kind.PICTURE) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]


@pytest.mark.django_db(transaction=True)
async def test_the_last_packets_come_though_no_sound_follows_them(wanting: Memory) -> None:
    await watched([OPENED, *footage(0.0, 2), footage(2.0)[0], ENDED])

    assert wanting.times(Kind.SOUND) == [0.0, 1.0, 2.0]


# ── from a real pull ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["fr.flv", "fr.m3u8"])
async def test_packets_of_a_live_that_breaks_can_be_decoded_and_lie_beside_their_sound(
    wanting: Memory, provide: Provided, path: str
) -> None:
    provide(WebMedia(Reach.NETWORK, speed=SPEED))
    film = demo_script().lives[0].media
    with playing(film) as server:
        channel = await sync_to_async(make_channel)(address=server.url(path))
        await Channel.objects.filter(pk=channel.pk).aupdate(is_watched=True)
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            task = group.create_task(watching.watch_live(channel.pk, patience=PATIENT, rng=Random(1)))
            await heard(wanting, 6.0)
            server.break_live("fr", Fault(FaultKind.RESET, at_s=server.now_s("fr"), for_s=6.0))
            await heard(wanting, 20.0)
            task.cancel()
        connections = {each.connection for each in server.deliveries("fr")}

    found = replayed([PacketsReceived(each.encodings, each.packets) for each in wanting.encoded])
    beside = [(each.offset_s, each.offset_s + len(each.pcm) / 32_000) for each in wanting.heard]
    last_s = beside[-1][1]
    sounds = [at_s for at_s in wanting.times(Kind.SOUND) if at_s < last_s]
    assert len(connections) >= 2
    assert found.errors == 0
    assert len(found.sizes) == 1
    assert len(found.pictures) == len(wanting.times(Kind.PICTURE))
    assert all(any(from_s - 0.1 <= at_s <= to_s + 0.1 for from_s, to_s in beside) for at_s in sounds)
    assert sum(to_s - from_s for from_s, to_s in beside) == pytest.approx(found.sound_s, abs=1.0)
    assert wanting.times(Kind.PICTURE)[-1] == pytest.approx(last_s, abs=2.5)


def playing(film: Path) -> MediaServer:
    """Return a server whose live is `film`, faster than the clock."""
    return stage(Live("fr", film, window=20), pace=lambda wall_s: SPEED * wall_s)


async def heard(memory: Memory, seconds: float) -> None:
    """Return once so many seconds were heard."""
    while sum(len(each.pcm) for each in memory.heard) / 32_000 < seconds:
        memory.got_sound.clear()
        await memory.got_sound.wait()


# ── what need not wait for its sound ──


def test_what_follows_closely_goes_on() -> None:
    kept = Footage()
    placed(kept, picture(0.0, is_key=True), picture(0.5), shift_s=10.0)

    assert kept.goes_on(batch(picture(1.0)), 10.0)


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (picture(1.1), "something may be missing in between"),
        (picture(0.0, is_key=True), "it was handed on already"),
        (picture(700.0), "its clock is another one"),
        (sound(1.0), "nothing of its kind was handed on"),
    ],
)
def test_what_does_not_follow_waits_for_its_sound(packet: Packet, why: str) -> None:
    kept = Footage()
    placed(kept, picture(0.0, is_key=True), picture(0.5), shift_s=10.0)

    assert not kept.goes_on(batch(packet), 10.0), why


def test_first_of_a_connection_waits_for_its_sound() -> None:
    kept = Footage()

    assert not kept.goes_on(batch(picture(0.0, is_key=True)), 0.0)

    placed(kept, picture(0.0, is_key=True))
    kept.connect(0.4)

    assert not kept.goes_on(batch(picture(0.5, is_key=True)), 0.0)
