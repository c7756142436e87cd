"""One OBS: connected with, told of, and replays saved one at a time."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from tests.clips.rows import fresh
from tests.clips.studios import DEADLINE_S, News, added, asked, changed, content, held_by, linked, removed, saves
from tests.simulators.obs.clients import identified
from vigie.clips import obslink, operations
from vigie.clips.models import ClipState, ObsInstance, ObsState
from vigie.clips.reasons import NOT_MP4
from vigie.events import ClipChanged
from vigie.ports import Fence
from vigie.runtime import bus, supervisor
from vigie.runtime.supervisor import Supervisor
from vigie.simulators.obs import ObsServer
from vigie.simulators.obs.faults import Fault, Kind
from vigie.watch.models import Live

OUTPUTS = 1 << 6

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_obs_is_connected_with_and_tells_how_it_does(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live)
    async with linked(obs):
        row = await news.comes_to(obs, ObsState.READY)

    assert (row.version, row.reason) == ("29.0.2", "")
    assert row.checked_at is not None


async def test_a_replay_is_saved_and_waits_for_its_name(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        assert await news.of(clip) == [(ClipState.SAVED, "")]

    row = await sync_to_async(fresh)(clip)
    [written] = server.written
    assert (row.original, row.starts_s, row.tries) == (str(written), None, 0)
    assert row.to_s >= clip.to_s
    assert content(clip) == b"replay 1"
    assert not written.exists()


async def test_a_replay_that_not_every_browser_plays_says_so(server: ObsServer, live: Live, news: News) -> None:
    server.settings.ending = "mkv"
    obs = await added(server, live)
    async with linked(obs):
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, NOT_MP4)]


async def test_two_triggers_at_once_are_two_replays_each_under_its_own_name(
    server: ObsServer, live: Live, news: News
) -> None:
    """Both in flight would be one event, and both in the same second one file."""
    obs = await added(server, live)
    async with linked(obs):
        clips = [await asked(live, obs, name) for name in ("anna", "bert", "cleo")]
        await news.of(*clips)

    rows = [await sync_to_async(fresh)(clip) for clip in clips]
    assert [(row.chatter, content(row)) for row in rows] == [
        ("anna", b"replay 1"),
        ("bert", b"replay 2"),
        ("cleo", b"replay 3"),
    ]
    assert len({row.original for row in rows}) == 3


async def test_a_moment_is_saved_once_it_is_over_whoever_asked_first(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live)
    async with linked(obs):
        late, early = await asked(live, obs, in_s=2.0), await asked(live, obs, in_s=0.2)
        await news.of(early)
        assert (await sync_to_async(fresh)(late)).state == ClipState.REQUESTED
        await news.of(late)

    for clip in (early, late):
        row = await sync_to_async(fresh)(clip)
        assert row.saved_at is not None
        assert row.saved_at >= operations.over_at(clip)
    assert (content(early), content(late)) == (b"replay 1", b"replay 2")


async def test_what_another_process_asked_for_is_found(server: ObsServer, live: Live, news: News) -> None:
    bus.unfollow(ClipChanged, obslink.wake)  # nobody tells this one
    try:
        obs = await added(server, live)
        async with linked(obs):
            await news.comes_to(obs, ObsState.READY)
            assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]
    finally:
        bus.follow(ClipChanged, obslink.wake)


async def test_several_obs_save_beside_each_other(server: ObsServer, live: Live, news: News, others: ObsServer) -> None:
    obs, other = await added(server, live), await added(others, live, name="other")
    async with linked(obs), linked(other):
        clips = [await asked(live, obs), await asked(live, other)]
        assert await news.of(*clips) == [(ClipState.SAVED, "")] * 2

    assert (saves(server), saves(others)) == (1, 1)


# ── the replay buffer ──


async def test_a_replay_buffer_that_is_off_is_started(server: ObsServer, live: Live, news: News) -> None:
    server.turn(is_active=False)
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]


async def test_a_replay_buffer_that_stays_off_is_told_and_fails_replays(
    server: ObsServer, live: Live, news: News
) -> None:
    server.turn(is_active=False)
    obs = await added(server, live, starts_buffer=False)
    async with linked(obs):
        row = await news.comes_to(obs, ObsState.BUFFER_OFF)
        assert row.reason == obslink.START_IT
        assert await news.of(await asked(live, obs)) == [(ClipState.FAILED, obslink.IS_OFF)]

        server.turn(is_active=True)
        await news.comes_to(obs, ObsState.READY)
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]

        server.turn(is_active=False)
        assert (await news.comes_to(obs, ObsState.BUFFER_OFF)).reason == obslink.STOPPED

    assert [asked.request for asked in server.requests].count("StartReplayBuffer") == 0


async def test_a_replay_buffer_that_stopped_is_started_at_the_next_look(
    server: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obslink, "POLL_S", 2.0)  # a look before it is told would start it unnoticed
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
        server.turn(is_active=False)
        await news.until(lambda: (ObsState.BUFFER_OFF, obslink.STOPPED) in news.states)
        await news.comes_to(obs, ObsState.READY)
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]


async def test_a_start_that_obs_does_not_hear_is_asked_for_again(server: ObsServer, live: Live, news: News) -> None:
    server.turn(is_active=False)
    server.fail(Fault(Kind.DEAF, request="StartReplayBuffer", times=2))
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]

    assert ObsState.BUFFER_OFF not in [state for state, _ in news.states]


async def test_a_replay_buffer_that_never_starts_is_told(
    server: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obslink, "BETWEEN_STARTS_S", 0.01)
    server.turn(is_active=False)
    server.fail(Fault(Kind.DEAF, request="StartReplayBuffer", times=0))
    obs = await added(server, live)
    async with linked(obs):
        assert (await news.comes_to(obs, ObsState.BUFFER_OFF)).reason == obslink.DOES_NOT_START


async def test_an_obs_without_a_replay_buffer_says_so(server: ObsServer, live: Live, news: News) -> None:
    server.settings.has_replay_buffer = False
    obs = await added(server, live)
    async with linked(obs):
        row = await news.comes_to(obs, ObsState.BUFFER_OFF)

    assert "enable it in the settings of OBS" in row.reason


# ── what the streamer does ──


async def test_what_the_streamer_saves_is_theirs(server: ObsServer, live: Live, news: News) -> None:
    """Their replay is told of just before ours: it is not taken for it, and stays where it is."""
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
        async with identified(server.address, server.password, eventSubscriptions=OUTPUTS) as streamer:
            server.save()
            await streamer.event()
            clip = await asked(live, obs)
            await news.of(clip)
            server.save()
            await streamer.event()
            await streamer.event()

    theirs, ours, again = server.written
    row = await sync_to_async(fresh)(clip)
    assert (row.original, content(clip)) == (str(ours), b"replay 2")
    assert theirs.exists()
    assert again.exists()


# ── what people do ──


async def test_a_row_that_is_changed_is_connected_with_anew(
    server: ObsServer, live: Live, news: News, others: ObsServer
) -> None:
    obs = await added(server, live)
    async with linked(obs):
        await news.comes_to(obs, ObsState.READY)
        await changed(obs, others)
        await news.until(lambda: others.greeted == 1)
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]

    assert (saves(server), saves(others)) == (0, 1)


async def test_a_row_that_is_changed_in_mid_save_is_followed_after_it(
    server: ObsServer, live: Live, news: News, others: ObsServer
) -> None:
    server.settings.write_s = 0.5
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        await news.of(clip, states=(ClipState.SAVING,))
        await changed(obs, others)
        assert await news.of(clip) == [(ClipState.SAVED, "")]
        await news.comes_to(obs, ObsState.READY)

    assert (saves(server), saves(others), others.greeted) == (1, 0, 1)


@pytest.mark.parametrize("is_removed", [False, True], ids=["paused", "removed"])
async def test_an_obs_that_is_not_wanted_any_more_is_left_at_once(
    server: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch, *, is_removed: bool
) -> None:
    monkeypatch.setattr(supervisor, "TICK_S", 0.05)
    obs, stop, left = await added(server, live), asyncio.Event(), asyncio.Event()

    async def link(held: Fence) -> float:
        try:
            return await obslink.link(held)
        finally:
            left.set()

    links = Supervisor(wanted=sync_to_async(obslink.wanted), run=link, owner="me")
    async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
        group.create_task(links.supervise(stop))
        await news.comes_to(obs, ObsState.READY)
        await (removed(obs) if is_removed else changed(obs, server, is_used=False))
        await left.wait()
        stop.set()

    assert server.greeted == 1
    assert (await ObsInstance.objects.aget(pk=obs.pk)).state == ObsState.OFF


# ── leases ──


async def test_who_lost_the_lease_saves_nothing(server: ObsServer, live: Live, news: News) -> None:
    obs = await added(server, live)
    async with linked(obs) as former:
        await news.comes_to(obs, ObsState.READY)
        await held_by("somebody else", obs)
        clip = await asked(live, obs)
        async with asyncio.timeout(DEADLINE_S):
            assert await former == obslink.LONGEST_PAUSE_S

    assert (await sync_to_async(fresh)(clip)).state == ClipState.REQUESTED
    assert saves(server) == 0
