"""The life of a watched channel; and the whole way from a simulated origin, whose sound tells its own time."""

import asyncio
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from asgiref.sync import sync_to_async

from tests.chirps import told_s, write_media
from tests.factories import make_channel, make_live
from tests.stages import stage
from tests.watch.conftest import Provided
from tests.watch.fakes import ENDED, OPENED, RECORDING, Memory, ScriptedMedia, sound
from vigie.adapters.web import fetch, segments
from vigie.adapters.web.client import WebMedia
from vigie.ports import Fence, NotLive, PlacedAudio, PortError, Reach
from vigie.runtime import clock, leases
from vigie.runtime.models import Lease
from vigie.simulators.media import Fault, Kind, Resource
from vigie.simulators.media import Live as Simulated
from vigie.watch import hosts, sinks, watching
from vigie.watch.models import Channel, Gap, Live, LiveState
from vigie.watch.reconnecting import Patience

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_S = 30
SPEED = 8.0


async def channel_at(address: str) -> Channel:
    channel = await sync_to_async(make_channel)(address=address)
    channel.is_watched = True
    await channel.asave()
    return channel


@sync_to_async
def held(channel: Channel) -> Fence:
    """What the supervisor gives to who watches the channel."""
    name = f"channel:{channel.pk}"
    return Fence(name, leases.claim([name], "me", clock.now(), ttl_s=60, limit=1)[name])


# ── one live after the other ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PATIENCE", Patience(first_s=0.01, longest_s=0.02))


async def watched(channel: Channel, media: ScriptedMedia) -> list[float]:
    """Watch again and again until the script is at its end; return what pauses were asked for in between."""
    pauses: list[float] = []

    async def watch() -> None:
        fence = await held(channel)
        while True:
            pauses.append(await watching.watch(fence))

    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        task = group.create_task(watch())
        await media.hung.wait()
        task.cancel()
    return pauses


def about(*pauses_s: float) -> object:
    """These pauses, each a fifth shorter or longer."""
    return [pytest.approx(pause_s, rel=0.2) for pause_s in pauses_s]


def test_watched_channels_are_wanted() -> None:
    make_channel()
    watched = make_channel()
    Channel.objects.filter(pk=watched.pk).update(is_watched=True)

    assert watching.wanted() == {f"channel:{watched.pk}"}


def test_lives_given_up_while_nobody_held_them_are_ended_by_who_asks_what_is_wanted() -> None:
    live = make_live()

    assert watching.wanted() == set()

    live.refresh_from_db()
    assert live.state == LiveState.ENDED


@pytest.mark.usefixtures("quick")
async def test_the_next_live_follows_the_last(memory: Memory, provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.m3u8")
    media = ScriptedMedia([OPENED, *sound(0.0, 2), ENDED], [OPENED, *sound(0.0), ENDED], [OPENED])
    provide(media)

    await watched(channel, media)

    states = [state async for state in Live.objects.order_by("pk").values_list("state", flat=True)]
    assert states == [LiveState.ENDED, LiveState.ENDED, LiveState.STARTING]
    assert [live.live_id for live in memory.opened] == sorted({live.live_id for live in memory.opened})


@pytest.mark.usefixtures("quick", "memory")
async def test_a_channel_that_cannot_be_had_says_why_once_and_is_asked_again(provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.m3u8")
    gone = [PortError("HTTP 404", permanent=True)]
    media = ScriptedMedia(gone, gone, gone, gone, [OPENED])
    provide(media)

    assert await watched(channel, media) == about(60, 120, 240, 300)

    found = [live async for live in Live.objects.order_by("pk").values_list("state", "reason")]
    assert found == [(LiveState.FAILED, "HTTP 404"), (LiveState.STARTING, "")]


@pytest.mark.usefixtures("quick", "memory")
async def test_a_channel_that_is_off_air_is_waited_for_in_silence(provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.m3u8")
    media = ScriptedMedia([OPENED], resolving=[NotLive("not on air", retryable=True)] * 8)
    provide(media)

    assert await watched(channel, media) == about(30, 30, 30, 30)
    assert await Live.objects.acount() == 1


@pytest.mark.usefixtures("memory")
async def test_a_recording_is_watched_once(provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.mp3")
    provide(ScriptedMedia([RECORDING, *sound(0.0, 2), ENDED]))

    async with asyncio.timeout(DEADLINE_S):
        await watching.watch(await held(channel))

    await channel.arefresh_from_db()
    assert not channel.is_watched


def left_alone(channel: Channel) -> None:
    hosts.remember(channel.address, PortError("HTTP 429", retryable=True, retry_after_s=700.0), clock.now())


@pytest.mark.usefixtures("memory")
async def test_a_host_that_wants_to_be_left_alone_is_not_asked_for_its_channels(provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.m3u8")
    media = ScriptedMedia([OPENED])
    provide(media)
    await sync_to_async(left_alone)(channel)
    looked_at_before = Fence((await held(channel)).resource, 2)

    assert 690 < await watching.watch(looked_at_before) < 710
    assert media.resumed_from == []


@pytest.mark.usefixtures("quick", "memory")
async def test_the_first_look_at_a_channel_does_not_wait_for_its_host(provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.m3u8")
    media = ScriptedMedia([OPENED, *sound(0.0), ENDED], [OPENED])
    provide(media)
    await sync_to_async(left_alone)(channel)

    assert await watched(channel, media) == about(30)


@pytest.mark.usefixtures("memory")
async def test_a_live_that_is_open_goes_on_whatever_its_host_says(provide: Provided) -> None:
    live = await sync_to_async(make_live)()
    media = ScriptedMedia([OPENED, *sound(0.0), ENDED])
    provide(media)
    await sync_to_async(left_alone)(live.channel)
    first = await held(live.channel)
    await sync_to_async(Lease.objects.update)(token=first.token + 1)

    assert await watching.watch(Fence(first.resource, first.token + 1)) < 40
    assert media.resumed_from == [None]


@pytest.mark.usefixtures("quick", "memory")
async def test_a_channel_whose_host_asks_for_patience_gives_its_place_away_at_once(provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.m3u8")
    media = ScriptedMedia([OPENED], resolving=[PortError("HTTP 429", retryable=True, retry_after_s=700.0)])
    provide(media)

    assert 700 <= (await watched(channel, media))[0] <= 840
    assert (await Live.objects.aearliest("pk")).reason == "HTTP 429"


@pytest.mark.usefixtures("memory")
async def test_a_former_owner_does_not_put_a_recording_away(provide: Provided) -> None:
    channel = await channel_at("https://live.example/a.mp3")
    provide(ScriptedMedia([RECORDING, *sound(0.0, 2), ENDED]))
    former = await held(channel)
    await sync_to_async(Lease.objects.update)(token=former.token + 1)

    async with asyncio.timeout(DEADLINE_S):
        await watching.watch(former)

    await channel.arefresh_from_db()
    assert channel.is_watched
    assert not await Live.objects.aexists()


# ── the whole way, from the origin to the sinks ────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def rising(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 s of a tone that tells its own time."""
    return write_media(tmp_path_factory.mktemp("chirp") / "rising.m4a", 100.0)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "RETRY_S", 0.05)


class Ears(Memory):
    """A sink that can be waited for until it heard so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self._news = asyncio.Condition()

    async def audio(self, audio: PlacedAudio) -> None:
        await super().audio(audio)
        async with self._news:
            self._news.notify_all()

    async def have_heard(self, seconds: float) -> None:
        async with self._news:
            await self._news.wait_for(lambda: sum(len(one.pcm) for one in self.heard) / 32_000 >= seconds)

    def slips(self) -> list[float]:
        """How far, in seconds, each 0.1 s of sound lies from where the first of them says that it must lie."""
        zero_s, slips = None, []
        for audio in self.heard:
            for number, told in enumerate(told_s(audio.pcm)[1:-1], start=1):  # a join may fall into an outer tenth
                zero_s = told - audio.offset_s - number / 10 if zero_s is None else zero_s
                slips.append(abs(told - audio.offset_s - number / 10 - zero_s))
        return slips


@dataclass
class Heard:
    """What became of a simulated live that was watched until the ears heard enough."""

    live: Live
    gaps: list[Gap]
    connections: int

    @property
    def lost_s(self) -> float:
        return sum(gap.to_s - gap.from_s for gap in self.gaps)


async def watch_simulated(ears: Ears, live: Simulated, *faults: Fault, path: str) -> Heard:
    """Watch until the ears heard enough; each fault begins once they have heard that many seconds."""
    sinks.add_sink(ears)
    async with stage(live, pace=lambda wall_s: SPEED * wall_s) as server:
        channel = await channel_at(server.url(path))
        patience = Patience(first_s=0.1, longest_s=0.5)
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            task = group.create_task(watching.watch_live(channel.pk, patience=patience, rng=Random(1)))
            for fault in faults:
                await ears.have_heard(fault.at_s)
                server.break_live(live.name, replace(fault, at_s=server.now_s(live.name)))
            await ears.have_heard(ears.seconds)
            task.cancel()
        connections = len({delivery.connection for delivery in server.deliveries(live.name)})
    gaps = [gap async for gap in Gap.objects.order_by("from_s")]
    return Heard(await Live.objects.aget(), gaps, connections)


@pytest.fixture
def web(memory: Memory, provide: Provided) -> None:
    """The real adapter, in a hurry."""
    sinks.forget_all()
    provide(WebMedia(Reach.NETWORK, speed=SPEED))


CUTS = (Fault(Kind.CUT, at_s=12.0, for_s=5.0), Fault(Kind.RESET, at_s=30.0, for_s=5.0))


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("path", ["fr.flv", "fr/audio.flv"])
async def test_two_cuts_of_an_flv_are_told_and_nothing_is_twice(rising: Path, path: str) -> None:
    ears = Ears(46.0)

    heard = await watch_simulated(ears, Simulated("fr", rising), *CUTS, path=path)

    assert max(ears.slips()) < 0.1
    assert len(heard.gaps) == 2
    assert heard.lost_s == pytest.approx(sum(stretch_gaps(ears)), abs=0.02)
    assert heard.live.lost_s == pytest.approx(heard.lost_s)
    assert heard.live.heard_s == pytest.approx(heard.live.heard_until_s - heard.lost_s, abs=0.25)
    assert heard.connections >= 3


def stretch_gaps(ears: Ears) -> list[float]:
    return [after[1] - before[2] for before, after in pairwise(ears.stretches)]


@pytest.mark.usefixtures("web")
async def test_two_cuts_of_hls_within_its_window_lose_nothing(rising: Path) -> None:
    ears = Ears(55.0)

    heard = await watch_simulated(ears, Simulated("fr", rising, window=12), *CUTS, path="fr.m3u8")

    assert max(ears.slips()) < 0.1
    assert heard.gaps == []
    assert [epoch for epoch, _, _ in ears.stretches] == [0]


@pytest.mark.usefixtures("web")
async def test_a_cut_of_hls_longer_than_its_window_is_told(rising: Path) -> None:
    ears = Ears(25.0)
    cut = Fault(Kind.REFUSE, at_s=12.0, for_s=40.0, resources=frozenset(Resource), status=503)

    heard = await watch_simulated(ears, Simulated("fr", rising, window=12), cut, path="fr.m3u8")

    assert max(ears.slips()) < 0.1
    assert len(heard.gaps) == 1
    assert heard.lost_s > 4.0
    assert heard.lost_s == pytest.approx(sum(stretch_gaps(ears)), abs=0.02)


@pytest.mark.usefixtures("web")
async def test_what_is_left_of_a_live_that_ended_in_an_interruption_is_heard(rising: Path) -> None:
    ears = Ears(18.0)
    faults = (Fault(Kind.CUT, at_s=12.0, for_s=26.0), Fault(Kind.END, at_s=30.0))

    heard = await watch_simulated(ears, Simulated("fr", rising, faults=faults), path="fr.m3u8")

    assert max(ears.slips()) < 0.1
    assert len(heard.gaps) == 1
    assert heard.lost_s == pytest.approx(sum(stretch_gaps(ears)), abs=0.02)


@pytest.mark.usefixtures("web")
async def test_what_the_encoder_lost_is_a_gap_of_that_length(rising: Path) -> None:
    ears = Ears(20.0)
    losing = Simulated("fr", rising, faults=(Fault(Kind.SKIP, at_s=14.0, for_s=6.0),), window=12)

    heard = await watch_simulated(ears, losing, path="fr.m3u8")

    assert [(gap.cause, round(gap.to_s - gap.from_s, 1)) for gap in heard.gaps] == [("the stream skipped ahead", 6.0)]


@pytest.mark.usefixtures("web")
async def test_a_restarted_encoder_loses_nothing_in_hls(rising: Path) -> None:
    ears = Ears(25.0)

    heard = await watch_simulated(
        ears, Simulated("fr", rising, window=12), Fault(Kind.RESTART, at_s=8.0), path="fr.m3u8"
    )

    assert heard.gaps == []
    assert [epoch for epoch, _, _ in ears.stretches] == [0]


@pytest.mark.usefixtures("web")
async def test_addresses_that_expire_lose_nothing(rising: Path) -> None:
    ears = Ears(40.0)

    heard = await watch_simulated(ears, Simulated("fr", rising, signed_for_s=12.0, window=12), path="resolve/fr.m3u8")

    assert max(ears.slips()) < 0.1
    assert heard.gaps == []


@pytest.mark.usefixtures("web")
async def test_a_stalled_flv_is_taken_up_again(rising: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "READ_S", 0.4)
    ears = Ears(25.0)

    stall = Fault(Kind.STALL, at_s=8.0, for_s=16.0)
    heard = await watch_simulated(ears, Simulated("fr", rising), stall, path="fr.flv")

    assert max(ears.slips()) < 0.1
    assert heard.connections >= 2
    assert heard.lost_s == pytest.approx(sum(stretch_gaps(ears)), abs=0.02)


@pytest.mark.usefixtures("web")
async def test_a_burst_at_the_beginning_of_each_connection_is_heard_once(rising: Path) -> None:
    """A CDN sends the last seconds again, as fast as it can, to whoever connects: more than connecting anew takes."""
    ears = Ears(65.0)
    cuts = tuple(Fault(Kind.CUT, at_s=at_s) for at_s in (12.0, 28.0, 44.0))

    heard = await watch_simulated(ears, Simulated("fr", rising, burst_s=60.0), *cuts, path="fr.flv")

    assert max(ears.slips()) < 0.1
    assert heard.gaps == []
    assert heard.connections == 4
