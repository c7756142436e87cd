"""A live whose owner was paused beyond its lease: the next one goes on; the former, awake too late, writes nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from tests.factories import make_channel
from tests.speech.conftest import sound
from tests.watch.fakes import OPENED, ScriptedMedia, Step
from vigie.events import SAMPLE_BYTES, SAMPLE_RATE, AudioReceived
from vigie.ports import Fence, LiveRef, PlacedAudio, PlacedCaption
from vigie.runtime import clock, leases
from vigie.runtime.leases import LeaseLost
from vigie.speech import listening, spool
from vigie.speech.models import AudioSegment, Utterance
from vigie.watch import sinks
from vigie.watch.logbook import Logbook
from vigie.watch.models import Channel, Gap, Live
from vigie.watch.reconnecting import Patience
from vigie.watch.watcher import TAKEN_OVER, Outcome, Watcher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ports")]

DEADLINE_S = 20
SENTENCES = sound((0, 0.5), (0.8, 1), (0, 1), (0.7, 1), (0, 1), (0.6, 1.5), (0, 1))
SECOND = SAMPLE_RATE * SAMPLE_BYTES


@pytest.fixture(autouse=True)
def only_speech(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(listening, "CAPTIONS_MAY_COME_S", 0.0)
    kept = sinks._factories[:], sinks._recalls[:]
    sinks.forget_all()
    sinks.add_sink(listening.listen)
    sinks.add_recall(spool.kept_until)
    yield
    sinks._factories[:], sinks._recalls[:] = kept


def heard(from_s: int, to_s: int) -> list[Step]:
    """That part of the live, a second a chunk."""
    return [AudioReceived(float(at), SENTENCES[at * SECOND : (at + 1) * SECOND]) for at in range(from_s, to_s)]


@sync_to_async
def given(channel: Channel, owner: str, *, hours: int) -> Fence:
    """What an owner gets who claims the channel so many hours from now, when every earlier lease has run out."""
    name, later = f"channel:{channel.pk}", clock.now() + timedelta(hours=hours)
    return Fence(name, leases.claim([name], owner, later, ttl_s=15, limit=1)[name])


async def watcher_of(channel: Channel, fence: Fence, media: ScriptedMedia) -> asyncio.Task[Outcome]:
    patience = Patience(first_s=0.01, longest_s=0.02)
    watcher = Watcher(await Logbook.of(channel.pk, fence), media, patience=patience, rng=Random(1))
    return asyncio.create_task(watcher.watch())


@sync_to_async
def kept(live_id: int) -> tuple[bytes, list[tuple[int, int, int, float]]]:
    rows = Utterance.objects.filter(live=live_id).order_by("seq")
    return spool.read(live_id, 0.0, len(SENTENCES) / SECOND).pcm, [
        (row.seq, row.epoch, row.start_sample or 0, row.start_s) for row in rows
    ]


@sync_to_async
def everything() -> list[object]:
    return [list(model._default_manager.order_by("pk").values()) for model in (Live, Gap, AudioSegment, Utterance)]


async def test_a_former_owner_that_wakes_up_late_writes_nothing() -> None:
    channel = await sync_to_async(make_channel)()
    paused, awake = asyncio.Event(), asyncio.Event()
    late = ScriptedMedia([OPENED, *heard(0, 3), paused.set, awake, *heard(3, 7)])
    former = await watcher_of(channel, await given(channel, "former", hours=0), late)
    present = ScriptedMedia([OPENED, *heard(3, 5)], [OPENED, *heard(5, 7)])
    async with asyncio.timeout(DEADLINE_S):
        await paused.wait()
        owner = await watcher_of(channel, await given(channel, "present", hours=1), present)
        await present.hung.wait()
        before = await everything()
        awake.set()
        outcome = await former

    assert outcome.stop.reason == TAKEN_OVER
    assert await everything() == before
    owner.cancel()
    with suppress(asyncio.CancelledError):
        await owner
    assert outcome.live_id is not None
    pcm, said = await kept(outcome.live_id)
    assert pcm[: 5 * SECOND] == SENTENCES[: 5 * SECOND]
    assert [seq for seq, _, _, _ in said] == list(range(1, len(said) + 1))
    assert all(one[3] < following[3] for one, following in pairwise(said))
    assert await sync_to_async(spool.first_fault)(outcome.live_id) is None


async def test_a_former_listener_is_refused_its_segments_utterances_and_captions() -> None:
    channel = await sync_to_async(make_channel)()
    fence = await given(channel, "former", hours=0)
    live = await (await Logbook.of(channel.pk, fence)).open("")
    ref = LiveRef(live.pk, channel.workspace_id, "fr", live.started_at, fence)
    former = await listening.listen(ref)
    await former.audio(PlacedAudio(0, 0, 0.0, SENTENCES[:SECOND]))
    await given(channel, "present", hours=1)

    with pytest.raises(LeaseLost):  # the utterance that ends there
        await former.audio(PlacedAudio(0, SAMPLE_RATE, 1.0, SENTENCES[SECOND : 3 * SECOND]))
    with pytest.raises(LeaseLost):  # the segment of another epoch
        await former.audio(PlacedAudio(1, 0, 9.0, SENTENCES[:SECOND]))
    with pytest.raises(LeaseLost):
        await former.caption(PlacedCaption(0.0, 1.0, "late", None))
    with pytest.raises(LeaseLost):
        await former.close()

    assert not await Utterance.objects.aexists()
    assert [row.sha256 async for row in AudioSegment.objects.all()] == [""]
    assert [path.name for path in spool.raw_path(await AudioSegment.objects.aget()).parent.iterdir()] == ["00000.pcm"]
