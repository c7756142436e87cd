"""Listening: everything said becomes one row, whatever happens; captions are the words where there are any."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from tests.factories import make_live
from tests.speech.conftest import sound
from vigie.events import SAMPLE_BYTES, SAMPLE_RATE
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, PortError, VoiceActivity
from vigie.runtime import registry
from vigie.speech import listening, spool
from vigie.speech.cutting import PAD, WINDOW, Stretch
from vigie.speech.ear import Ear
from vigie.speech.listening import Listener
from vigie.speech.models import Utterance
from vigie.watch.models import Live, LiveState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ports")]

TWO_SENTENCES = sound((0, 1), (0.8, 2), (0, 1), (0.8, 1), (0, 1))
CHUNK = 8000 * SAMPLE_BYTES
PAD_S = PAD / SAMPLE_RATE


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(listening, "CAPTIONS_MAY_COME_S", 0.0)


@pytest.fixture
async def live() -> LiveRef:
    row = await sync_to_async(make_live)()
    return LiveRef(row.pk, row.channel.workspace_id, "fr", datetime(2026, 1, 5, 10, tzinfo=UTC))


async def hear(listener: Listener, pcm: bytes, *, epoch: int = 0, start: int = 0, offset_s: float = 0.0) -> None:
    for begin in range(0, len(pcm), CHUNK):
        at = begin // SAMPLE_BYTES
        await listener.audio(PlacedAudio(epoch, start + at, offset_s + at / SAMPLE_RATE, pcm[begin : begin + CHUNK]))


@sync_to_async
def said(live: LiveRef) -> list[tuple[int, str, int, float]]:
    rows = Utterance.objects.filter(live=live.live_id).order_by("seq")
    return [(row.seq, row.source, row.epoch, round(row.start_s, 2)) for row in rows]


EXPECTED = [(1, "asr", 0, round(31 * WINDOW / SAMPLE_RATE - PAD_S, 2)), (2, "asr", 0, 3.77)]


async def test_listener_makes_a_row_of_each_utterance(live: LiveRef) -> None:
    listener = await listening.listen(live)

    await hear(listener, TWO_SENTENCES)
    await listener.close()

    assert await said(live) == EXPECTED
    assert (await sync_to_async(spool.read)(live.live_id, 0, 6)).pcm[: len(TWO_SENTENCES)] == TWO_SENTENCES


async def test_listener_cuts_what_was_being_said_at_the_end_of_an_epoch(live: LiveRef) -> None:
    listener = await listening.listen(live)

    await hear(listener, sound((0.8, 2)))
    await hear(listener, sound((0.8, 2)), epoch=1, offset_s=10)
    await listener.close()

    assert await said(live) == [(1, "asr", 0, 0.0), (2, "asr", 1, 10.0)]


async def test_listener_places_words_by_the_sound_around_them_when_clocks_drift(live: LiveRef) -> None:
    listener = await listening.listen(live)

    silence = sound((0, 2))
    samples = len(silence) // SAMPLE_BYTES

    await hear(listener, silence)
    await hear(listener, sound((0.8, 2), (0, 1)), start=samples, offset_s=samples / SAMPLE_RATE + 0.3)
    await listener.close()

    assert await said(live) == [(1, "asr", 0, round(samples / SAMPLE_RATE + 0.3 - PAD_S, 2))]


async def test_listener_places_what_a_crash_left_by_the_sound_around_it_when_clocks_drift(
    live: LiveRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence, speech = sound((0, 2)), sound((0.8, 1))
    samples = len(silence) // SAMPLE_BYTES
    monkeypatch.setattr(spool, "SEGMENT_SAMPLES", samples)
    killed = await listening.listen(live)
    await hear(killed, silence)
    await hear(killed, speech, start=samples, offset_s=samples / SAMPLE_RATE + 0.3)
    assert killed._spool._file is not None
    killed._spool._file.close()  # as the system does

    await listening.listen(live)

    assert await said(live) == [(1, "asr", 0, round(samples / SAMPLE_RATE + 0.3 - PAD_S, 2))]


@pytest.mark.parametrize("killed_after_s", [0.5, 1.5, 2.9, 3.5, 4.2, 5.5])
async def test_listener_goes_on_after_a_crash_without_losing_or_doubling(live: LiveRef, killed_after_s: float) -> None:
    kept = round(killed_after_s * SAMPLE_RATE) * SAMPLE_BYTES
    killed = await listening.listen(live)
    await hear(killed, TWO_SENTENCES[:kept])
    assert killed._spool._file is not None
    killed._spool._file.close()  # as the system does

    listener = await listening.listen(live)
    await hear(listener, TWO_SENTENCES[kept:], epoch=1, offset_s=killed_after_s)
    await listener.close()

    rows = [row async for row in Utterance.objects.order_by("seq")]
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    spoken = [(row.start_s, row.end_s) for row in rows]
    assert spoken == sorted(spoken)
    assert all(one[1] <= next_one[0] + 0.001 for one, next_one in pairwise(spoken))
    for moment in (1.2, 2.0, 2.7, 4.1, 4.6):
        assert any(start <= moment <= end for start, end in spoken), moment
    assert (await sync_to_async(spool.read)(live.live_id, 0, 6)).pcm[: len(TWO_SENTENCES)] == TWO_SENTENCES


SPEECH = sound((0.8, 3))
HALF = round(1.5 * SAMPLE_RATE / WINDOW) * WINDOW
"""Samples of it that come before an interruption."""


async def test_listener_tells_what_was_said_as_soon_as_the_sound_is_interrupted(live: LiveRef) -> None:
    listener = await listening.listen(live)
    await hear(listener, SPEECH[: HALF * SAMPLE_BYTES])
    assert await said(live) == []

    await listener.pause()
    await listener.pause()
    assert await stretches(live) == [(0, 0, HALF)]

    await hear(listener, SPEECH[HALF * SAMPLE_BYTES :], start=HALF, offset_s=HALF / SAMPLE_RATE)
    await listener.close()
    assert await stretches(live) == [(0, 0, HALF), (0, HALF, len(SPEECH) // SAMPLE_BYTES)]


async def test_listener_cancelled_before_it_could_write_does_so_when_it_closes(live: LiveRef) -> None:
    listener = await listening.listen(live)
    await hear(listener, SPEECH)
    is_busy, may_go_on = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(is_busy.set)
        may_go_on.wait()

    database = asyncio.create_task(sync_to_async(work)())
    await is_busy.wait()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await listener.pause()
    loop.call_soon(may_go_on.set)  # once the thread cannot take up any more what was cancelled
    await database
    assert await said(live) == []

    await listener.close()
    assert await stretches(live) == [(0, 0, len(SPEECH) // SAMPLE_BYTES)]


@pytest.mark.parametrize("more_s", [0.0, 0.7])
async def test_listener_killed_after_an_interruption_tells_nothing_twice(live: LiveRef, more_s: float) -> None:
    killed = await listening.listen(live)
    until = HALF + round(more_s * SAMPLE_RATE / WINDOW) * WINDOW
    await hear(killed, SPEECH[: HALF * SAMPLE_BYTES])
    await killed.pause()
    await hear(killed, SPEECH[HALF * SAMPLE_BYTES : until * SAMPLE_BYTES], start=HALF, offset_s=HALF / SAMPLE_RATE)
    assert killed._spool._file is not None
    killed._spool._file.close()  # as the system does

    await (await listening.listen(live)).close()

    assert await stretches(live) == [(0, 0, HALF), (0, HALF, until)][: 2 if more_s else 1]


@sync_to_async
def stretches(live: LiveRef) -> list[tuple[int, int | None, int | None]]:
    rows = Utterance.objects.filter(live=live.live_id).order_by("seq")
    return [(row.epoch, row.start_sample, row.end_sample) for row in rows]


class Counted(Ear):
    """An ear that counts what it hears."""

    heard_bytes = 0

    def hear(self, pcm: bytes) -> list[Stretch]:
        Counted.heard_bytes += len(pcm)
        return super().hear(pcm)


async def test_listener_hears_only_the_end_of_long_music_again(live: LiveRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "REHEARD", 2 * SAMPLE_RATE)
    killed = await listening.listen(live)
    await hear(killed, sound((0.1, 60), (0.8, 1)))
    monkeypatch.setattr("vigie.speech.listening.Ear", Counted)

    await (await listening.listen(live)).close()

    assert Counted.heard_bytes == 2 * SAMPLE_RATE * SAMPLE_BYTES
    assert len(await said(live)) == 1
    await killed.close()


async def test_listener_takes_captions_for_words_and_recognizes_nothing_twice(live: LiveRef) -> None:
    listener = await listening.listen(live)

    await listener.caption(PlacedCaption(0.9, 3.1, "Bonjour à tous.", None))
    await listener.caption(PlacedCaption(0.9, 3.1, "Bonjour à tous.", None))
    await hear(listener, TWO_SENTENCES)
    await hear(listener, sound((0.8, 2)), epoch=1, offset_s=70)
    await listener.close()

    assert await said(live) == [(1, "captions", 0, 0.9), (2, "asr", 1, 70.0)]


async def test_listener_waits_a_moment_for_the_first_captions(live: LiveRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "CAPTIONS_MAY_COME_S", 60.0)
    listener = await listening.listen(live)

    await hear(listener, TWO_SENTENCES)
    assert await said(live) == []
    await listener.caption(PlacedCaption(0.9, 3.1, "Bonjour à tous.", "fr"))
    await listener.close()

    assert await said(live) == [(1, "captions", 0, 0.9)]


async def test_listener_keeps_the_sound_and_says_why_it_hears_no_voices(live: LiveRef) -> None:
    def missing() -> VoiceActivity:
        raise PortError("Voice detection is not installed.", permanent=True)

    registry.provide(VoiceActivity, missing)
    listener = await listening.listen(live)

    await hear(listener, TWO_SENTENCES)
    await listener.close()
    await (await listening.listen(live)).close()

    row = await Live.objects.aget(pk=live.live_id)
    assert (row.state, row.reason) == (LiveState.NO_RECOGNIZER, "Voice detection is not installed.")
    assert await said(live) == []
    assert (await sync_to_async(spool.read)(live.live_id, 0, 6)).pcm[: len(TWO_SENTENCES)] == TWO_SENTENCES
