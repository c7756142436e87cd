"""What is kept of lives, by whichever connection it came, and for how long after their end."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from tests.clips.packets import OTHERS, broadcast
from tests.factories import NOW, make_workspace
from vigie.clips import rings
from vigie.people import presets
from vigie.people.models import Preset
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption

LIVE = LiveRef(7, 1, "fr", NOW)


async def test_packets_are_kept_in_memory_for_their_live() -> None:
    keeper = await rings.keep(LIVE)
    await keeper.packets(broadcast(0, 20))

    kept = rings.of_live(7)

    assert kept is not None
    assert (kept.ring.span, kept.closed_at, kept.news.is_set()) == ((0.0, 20.0), None, True)
    assert (rings.lives(), rings.of_live(8)) == ([7], None)


async def test_sound_and_words_pass_by() -> None:
    keeper = await rings.keep(LIVE)

    await keeper.audio(PlacedAudio(0, 0, 0.0, b"\0\0"))
    await keeper.caption(PlacedCaption(0.0, 1.0, "bonjour", "fr"))
    await keeper.pause()

    assert keeper._kept.ring.span is None


async def test_a_live_that_goes_on_with_another_connection_keeps_what_there_was() -> None:
    await (await rings.keep(LIVE)).packets(broadcast(0, 20))
    former = rings.of_live(7)
    await (await rings.keep(LIVE)).packets(broadcast(25, 30, OTHERS))

    assert former is not None
    assert former is rings.of_live(7)
    assert former.ring.span == (0.0, 30.0)


async def test_a_live_that_is_taken_up_again_is_not_over() -> None:
    keeper = await rings.keep(LIVE)
    await keeper.close()
    assert keeper._kept.closed_at is not None

    await rings.keep(LIVE)

    assert keeper._kept.closed_at is None


async def test_the_end_is_kept_for_two_minutes() -> None:
    keeper = await rings.keep(LIVE)
    await keeper.packets(broadcast(0, 20))
    await keeper.close()
    closed_s = asyncio.get_running_loop().time()

    rings.forget_old(closed_s + rings.LINGER_S - 1)
    assert rings.lives() == [7]
    rings.forget_old(closed_s + rings.LINGER_S + 1)

    assert rings.lives() == []


async def test_a_live_on_air_is_not_forgotten() -> None:
    await rings.keep(LIVE)

    rings.forget_old(asyncio.get_running_loop().time() + 10_000)

    assert rings.lives() == [7]


async def test_the_settings_say_how_much_is_kept(settings: Settings) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"clip_buffer_s": 10.0})
    keeper = await rings.keep(LIVE)

    await keeper.packets(broadcast(0, 60))

    assert keeper._kept.ring.span == (50.0, 60.0)


@pytest.mark.django_db(transaction=True)
async def test_lives_are_kept_for_teams_that_make_clips() -> None:
    for preset, makes in ((Preset.CREATOR, True), (Preset.PUBLIC_BODY, False)):
        team = await sync_to_async(make_workspace)(preset=preset)
        assert (await rings.wants(team.pk), team.has(presets.CLIPS)) == (makes, makes)
    assert not await rings.wants(10**9)
