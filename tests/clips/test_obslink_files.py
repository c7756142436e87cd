"""Where OBS wrote a replay: fetched where it may be, left and told where not, tried again where that may help."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from tests.clips.rows import fresh
from tests.clips.studios import News, added, asked, content, linked, saves
from vigie.clips import obslink, operations, replays
from vigie.clips.models import Clip, ClipState
from vigie.clips.placing import Disk
from vigie.clips.reasons import NO_FILE, PLACING
from vigie.runtime import clock
from vigie.simulators.obs import Fault, Kind, ObsServer
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_file_of_another_machine_is_found_where_its_folder_is_here(
    server: ObsServer, live: Live, news: News, folder: Path
) -> None:
    server.settings.told_folder = "C:\\Users\\Zoé\\Replays"
    obs = await added(server, live, path_map=f"C:/Users/Zoé/Replays -> {folder}")
    async with linked(obs):
        clip = await asked(live, obs)
        assert await news.of(clip) == [(ClipState.SAVED, "")]

    assert content(clip) == b"replay 1"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("C:/Replays", "on another machine: map its folder"),
        ("/srv/../etc", "no whole path"),
        ("replays", "no whole path"),
        ("/etc", "no video in a folder that replays are taken from"),
    ],
)
async def test_a_file_that_may_not_be_taken_is_left_and_told(
    server: ObsServer, live: Live, news: News, told: str, words: str
) -> None:
    server.settings.told_folder = told
    obs = await added(server, live)
    async with linked(obs):
        [(state, reason)] = await news.of(await asked(live, obs))

    assert state == ClipState.FAILED
    assert words in reason


async def test_our_own_files_are_nobodys_replays(
    server: ObsServer, live: Live, news: News, settings: Settings, data_dir: Path
) -> None:
    """Whoever adds an OBS could let it tell of the clips of others."""
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"replay_folders": "/"})
    server.settings.told_folder = str(data_dir / "clips" / "7")
    obs = await added(server, live)
    async with linked(obs):
        [(state, reason)] = await news.of(await asked(live, obs))

    assert state == ClipState.FAILED
    assert "no video in a folder that replays are taken from" in reason


async def test_a_file_that_is_told_of_and_not_there_is_gone(server: ObsServer, live: Live, news: News) -> None:
    server.fail(Fault(Kind.UNWRITTEN))
    obs = await added(server, live)
    async with linked(obs):
        assert await news.of(await asked(live, obs)) == [(ClipState.FAILED, NO_FILE)]
        assert await news.of(await asked(live, obs)) == [(ClipState.SAVED, "")]


@pytest.mark.parametrize("trouble", [errno.EACCES, errno.ENOSPC], ids=["locked", "full"])
async def test_a_file_that_cannot_be_taken_now_is_taken_later_and_holds_nobody_up(
    server: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    left = [trouble]

    def link(source: Path, target: Path) -> None:
        if left:
            raise OSError(left.pop(), "as it was asked for")
        os.link(source, target)

    monkeypatch.setattr(replays, "DISK", Disk(link=link, rename=link))
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        await news.of(clip, states=(ClipState.SAVING,))
        [(_, reason)] = await news.of(clip, states=(ClipState.REQUESTED,))
        assert reason in PLACING.values()
        assert await news.of(clip) == [(ClipState.SAVED, "")]

    assert (content(clip), saves(server)) == (b"replay 1", 1)


async def test_a_replay_that_is_tried_again_is_fetched_where_it_is(
    server: ObsServer, live: Live, news: News, folder: Path, settings: Settings
) -> None:
    allowed = settings.OPTIONS
    settings.OPTIONS = allowed.model_copy(update={"replay_folders": "/nowhere"})
    obs = await added(server, live)
    async with linked(obs):
        clip = await asked(live, obs)
        assert (await news.of(clip))[0][0] == ClipState.FAILED

        settings.OPTIONS = allowed
        await again(clip, timedelta(minutes=10))
        assert await news.of(clip) == [(ClipState.SAVED, "")]

    assert (content(clip), saves(server)) == (b"replay 1", 1)


@sync_to_async
def again(clip: Clip, later: timedelta) -> None:
    """Let somebody try a clip again, much later."""
    Clip.objects.filter(pk=clip.pk).update(at_s=clip.at_s - later.total_seconds(), from_s=0.0)
    operations.try_again(fresh(clip), actor=None, now=clock.now())


async def test_a_replay_that_could_not_be_removed_is_not_taken_for_the_next(
    server: ObsServer, live: Live, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(replays, "DISK", Disk(unlink=refuse))
    obs = await added(server, live)
    async with linked(obs):
        first = await asked(live, obs)
        assert await news.of(first) == [(ClipState.SAVED, "")]
        monkeypatch.setattr(obslink, "SAVED_WITHIN_S", 0.2)
        server.settings.write_s = 600.0
        assert await news.of(await asked(live, obs, "bert")) == [(ClipState.FAILED, obslink.UNTOLD)]

    assert content(first) == b"replay 1"
