"""What goes wrong with an OBS: each replay has its file or its reason, and the link comes back by itself."""

import asyncio
import os

import pytest
from asgiref.sync import sync_to_async

from tests.clips.rows import fresh
from tests.clips.studios import DEADLINE_S, News, added, asked, changed, content, held_by, linked, saves
from vigie.clips import obslink, operations, queries
from vigie.clips.models import Clip, ClipState, ObsInstance, ObsState
from vigie.clips.reasons import INTERRUPTED, OBS_AWAY
from vigie.runtime import clock
from vigie.runtime.sealing import seal
from vigie.simulators.obs import Fault, Kind, ObsServer
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def in_use() -> list[int]:
    return queries.obs_in_use()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """OBS is given up soon."""
    monkeypatch.setattr(obslink, "SAVED_WITHIN_S", 0.2)
    monkeypatch.setattr(obslink, "LONGEST_PAUSE_S", 0.05)


# ── passwords ──


async def test_a_wrong_password_is_tried_once_and_then_only_after_a_change(
    server: ObsServer, live: Live, news: News
) -> None:
    obs = await added(server, live, sealed_password=seal("wr0ng"))
    async with linked(obs) as task, asyncio.timeout(DEADLINE_S):
        assert await task == 0.0

    row = await ObsInstance.objects.aget(pk=obs.pk)
    assert (row.state, server.greeted, await in_use()) == (ObsState.REFUSED, 1, [])
    assert "the password is wrong" in row.reason
    assert [state for state, _ in news.states].count("refused") == 1

    await changed(obs, server)
    assert await in_use() == [obs.pk]
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
    assert server.greeted == 2


async def test_a_password_that_cannot_be_read_any_more_is_asked_for(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live, sealed_password="nonsense")
    async with linked(obs) as task, asyncio.timeout(DEADLINE_S):
        assert await task == 0.0

    assert (await news.comes_to(obs, ObsState.REFUSED)).reason == obslink.UNREADABLE
    assert server.greeted == 0


async def test_an_obs_whose_row_is_gone_is_left(server: ObsServer, live: Live) -> None:
    obs = await added(server, live)
    held = await held_by("me", obs)
    await ObsInstance.objects.all().adelete()

    assert await obslink.link(held) == 0.0


# ── OBS goes away ──


@pytest.mark.usefixtures("quick")
async def test_an_obs_that_is_restarted_is_found_again(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
        await asyncio.to_thread(server.stop)
        assert (await news.comes_to(obs, ObsState.AWAY)).reason
        await asyncio.to_thread(server.start)
        await news.comes_to(obs, ObsState.READY)
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]


async def test_an_obs_that_stays_away_is_asked_ever_more_rarely(
    server: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses, are_enough = list[int](), asyncio.Event()

    def pause_s(failures: int) -> float:
        pauses.append(failures)
        if failures == 4:
            are_enough.set()
        return 0.0

    monkeypatch.setattr(obslink, "pause_s", pause_s)
    await asyncio.to_thread(server.stop)
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.AWAY)
        async with asyncio.timeout(DEADLINE_S):
            await are_enough.wait()

    assert pauses[:4] == [1, 2, 3, 4]


async def test_an_obs_that_is_moved_while_it_is_away_is_connected_with_at_once(
    server: ObsServer, others: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obslink, "pause_s", lambda _: 600.0)
    monkeypatch.setattr(obslink, "LONGEST_PAUSE_S", 600.0)
    await asyncio.to_thread(server.stop)
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.AWAY)
        await changed(obs, others)
        await news.comes_to(obs, ObsState.READY)


async def test_who_lost_the_lease_says_nothing_of_an_obs_that_is_away(
    server: ObsServer, live: Live, news: News
) -> None:
    obs = await added(server, live)
    async with linked(obs) as former:
        await news.comes_to(obs, ObsState.READY)
        await held_by("somebody else", obs)
        await asyncio.to_thread(server.stop)
        async with asyncio.timeout(DEADLINE_S):
            assert await former == obslink.LONGEST_PAUSE_S

    assert (await ObsInstance.objects.aget(pk=obs.pk)).state == ObsState.READY


@pytest.mark.usefixtures("quick")
async def test_a_replay_that_is_asked_for_while_obs_is_away_fails_once_it_is_late(
    server: ObsServer, live: Live, news: News
) -> None:
    await asyncio.to_thread(server.stop)
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.AWAY)
        late = await asked(live, obs, in_s=-obslink.LATE.total_seconds())
        in_time = await asked(live, obs, in_s=60)
        assert await news.of(late) == [(ClipState.FAILED, OBS_AWAY)]

    assert (await sync_to_async(fresh)(in_time)).state == ClipState.REQUESTED


@pytest.mark.usefixtures("quick")
async def test_a_replay_is_taken_up_that_was_written_while_the_connection_broke(
    server: ObsServer, live: Live, news: News
) -> None:
    server.fail(Fault(Kind.DROP))
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        assert await news.of(clip) == [(ClipState.SAVED, "")]

    assert (content(clip), saves(server)) == (b"replay 1", 1)


@pytest.mark.usefixtures("quick")
async def test_an_obs_that_is_killed_in_mid_save_fails_the_replay_and_saves_the_next(
    server: ObsServer, live: Live, news: News
) -> None:
    server.settings.write_s = 5.0
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        await news.of(clip, states=(ClipState.SAVING,))
        await asyncio.to_thread(server.restart)
        assert await news.of(clip) == [(ClipState.FAILED, obslink.CLOSED)]
        server.settings.write_s = 0.05
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]


# ── Vigie goes away ──


@pytest.mark.parametrize("is_told", [True, False], ids=["after it was told", "before"])
async def test_a_replay_that_was_written_while_vigie_was_away_is_taken_up(
    server: ObsServer, live: Live, news: News, *, is_told: bool
) -> None:
    obs = await added(server, live)
    clip = await asked(live, obs)
    await sync_to_async(operations.begin_saving)(clip, clock.now(), hold_s=obslink.HOLD_S)
    await asyncio.to_thread(written_by, server)
    if is_told:
        await sync_to_async(operations.note_written)(clip, str(server.written[0]), now=clock.now())

    async with linked(obs):
        assert await news.of(clip) == [(ClipState.SAVED, "")]

    assert (content(clip), saves(server)) == (b"replay 1", 0)


def written_by(server: ObsServer) -> None:
    """Return once a replay was written by hand."""
    server.settings.write_s = 0.0
    with server._buffer.lock:
        server._buffer._write("Replay 1.mp4", None)


async def test_a_replay_of_which_nothing_is_there_is_given_up(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live)
    clips = [await asked(live, obs, name) for name in ("anna", "bert")]
    for clip in clips:
        await sync_to_async(operations.begin_saving)(clip, clock.now(), hold_s=obslink.HOLD_S)
    async with linked(obs):
        assert await news.of(*clips) == [(ClipState.FAILED, INTERRUPTED)] * 2


async def test_what_the_streamer_saved_before_is_not_taken_for_it(server: ObsServer, live: Live, news: News) -> None:
    await asyncio.to_thread(written_by, server)
    [theirs] = server.written
    os.utime(theirs, times=(0, 0))
    obs = await added(server, live)
    clip = await asked(live, obs)
    await sync_to_async(operations.begin_saving)(clip, clock.now(), hold_s=obslink.HOLD_S)
    async with linked(obs):
        assert await news.of(clip) == [(ClipState.FAILED, INTERRUPTED)]

    assert theirs.exists()


async def test_a_link_that_is_ended_in_mid_save_leaves_the_replay_to_the_next(
    server: ObsServer, live: Live, news: News
) -> None:
    server.settings.write_s = 600.0
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        await news.of(clip, states=(ClipState.SAVING,))
    assert (await sync_to_async(fresh)(clip)).state == ClipState.SAVING
    async with linked(obs):
        assert await news.of(clip) == [(ClipState.FAILED, INTERRUPTED)]


# ── events ──


async def test_an_event_that_comes_late_is_waited_for(server: ObsServer, live: Live, news: News) -> None:
    server.fail(Fault(Kind.LATE, delay_s=0.5))
    obs = await added(server, live)
    async with linked(obs):
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]


@pytest.mark.usefixtures("quick")
async def test_a_replay_that_is_never_told_of_is_found(server: ObsServer, live: Live, news: News) -> None:
    server.fail(Fault(Kind.SILENT))
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        assert await news.of(clip) == [(ClipState.SAVED, "")]

    assert content(clip) == b"replay 1"


@pytest.mark.usefixtures("quick")
async def test_an_event_that_comes_too_late_is_not_taken_for_the_next(
    server: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fail(Fault(Kind.LATE, delay_s=2.0))
    obs = await added(server, live)
    async with linked(obs):
        first = await asked(live, obs, "anna")
        assert await news.of(first) == [(ClipState.SAVED, "")]
        monkeypatch.setattr(obslink, "SAVED_WITHIN_S", 20.0)
        server.settings.write_s = 2.0
        second = await asked(live, obs, "bert")
        assert await news.of(second) == [(ClipState.SAVED, "")]

    assert [content(clip) for clip in (first, second)] == [b"replay 1", b"replay 2"]


@pytest.mark.usefixtures("quick")
async def test_a_replay_that_is_neither_told_of_nor_there_says_so(server: ObsServer, live: Live, news: News) -> None:
    server.settings.write_s = 5.0
    obs = await added(server, live)
    async with linked(obs):
        assert await news.of(await asked(live, obs)) == [(ClipState.FAILED, obslink.UNTOLD)]


async def test_the_same_path_twice_is_two_replays(server: ObsServer, live: Live, news: News) -> None:
    server.fail(Fault(Kind.SAME, skip=1))
    obs = await added(server, live)
    async with linked(obs):
        clips = [await asked(live, obs, name) for name in ("anna", "bert")]
        await news.of(*clips)

    assert len(set(server.written)) == 1
    assert [content(clip) for clip in clips] == [b"replay 1", b"replay 2"]


async def test_a_busy_obs_is_asked_again(server: ObsServer, live: Live, news: News) -> None:
    server.fail(Fault(Kind.CODE, code=207, request="SaveReplayBuffer"))
    obs = await added(server, live)
    async with linked(obs):
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]

    assert saves(server) == 2


async def test_a_replay_that_obs_refuses_says_why(server: ObsServer, live: Live, news: News) -> None:
    server.fail(Fault(Kind.CODE, code=600, request="SaveReplayBuffer"))
    obs = await added(server, live)
    async with linked(obs):
        [(state, reason)] = await news.of(await asked(live, obs))

    assert state == ClipState.FAILED
    assert "refuses SaveReplayBuffer" in reason


async def test_a_replay_that_was_removed_meanwhile_is_not_saved(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
        clip = await asked(live, obs, in_s=0.5)
        await Clip.objects.filter(pk=clip.pk).aupdate(removed_at=clock.now())
        assert await news.of(await asked(live, obs, in_s=0.6)) == [(ClipState.SAVED, "")]

    assert saves(server) == 1
