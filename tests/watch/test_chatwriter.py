"""One task writes what all chats bring: in batches, in order, once, whatever the database does meanwhile."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from structlog.testing import capture_logs

from tests.factories import make_live
from tests.watch.audiences import heard
from tests.watch.fakes import Away, away
from vigie.events import Chatter as Seen
from vigie.watch import chatwriter
from vigie.watch.chatters import Audience
from vigie.watch.models import ChatMessage, Chatter, Live, LiveSample
from vigie.watch.operations.chat import Heard, Roll, store_chat

pytestmark = pytest.mark.django_db(transaction=True)

aslive = sync_to_async(make_live)


@sync_to_async
def stored(live: Live) -> list[str]:
    return list(ChatMessage.objects.filter(live=live).order_by("pk").values_list("platform_id", flat=True))


@sync_to_async
def counted(live: Live) -> list[tuple[int, int]]:
    return list(LiveSample.objects.filter(live=live).order_by("at_s").values_list("at_s", "messages"))


async def test_what_is_put_is_stored_and_counted() -> None:
    live = await aslive()
    async with chatwriter.writing() as writer:
        for number in range(50):
            await writer.put(heard(live, str(number), by=number % 4, at_s=number / 2))
        await writer.settle()

        assert await stored(live) == [str(number) for number in range(50)]
        assert await counted(live) == [(0, 20), (10, 20), (20, 10)]
        assert writer.stored == 50


async def test_what_was_put_last_is_stored_when_the_writer_ends() -> None:
    live = await aslive()
    async with chatwriter.writing() as writer:
        await writer.put(heard(live, "a"))

    assert await stored(live) == ["a"]
    assert await counted(live) == [(0, 1)]


async def test_a_message_that_came_twice_is_stored_and_counted_once() -> None:
    live = await aslive()
    async with chatwriter.writing() as writer:
        for _ in range(3):
            await writer.put(heard(live, "a"))
            await writer.settle()

    assert (await stored(live), await counted(live)) == (["a"], [(0, 1)])


async def test_somebody_who_was_erased_and_writes_again_is_stored_anew() -> None:
    live = await aslive()
    async with chatwriter.writing() as writer:
        await writer.put(heard(live, "a"))
        await writer.settle()
        await sync_to_async(lambda: (ChatMessage.objects.all().delete(), Chatter.objects.all().delete()))()
        await writer.put(heard(live, "b"))
        await writer.settle()

    assert await stored(live) == ["b"]


async def test_people_with_odd_names_hold_up_nobody() -> None:
    live = await aslive()
    odd = Seen("\ud800", "mo\ud800mo", "m\x00", frozenset())
    async with chatwriter.writing() as writer:
        await writer.put(heard(live, "a", by=odd))
        await writer.put(heard(live, "b"))

    assert await stored(live) == ["a", "b"]
    assert await Chatter.objects.filter(login="mo?mo", name="m").aexists()


async def test_what_another_wrote_is_counted_again() -> None:
    live = await aslive()
    written = [heard(live, "a", at_s=5.0), heard(live, "b", at_s=65.0)]
    await sync_to_async(store_chat)(written, Roll(), live.started_at)
    async with chatwriter.writing() as writer:
        await writer.count_again(live.pk, 60.0)
        await writer.count_again(live.pk, 600.0)

    assert await counted(live) == [(60, 1)]


async def test_counting_that_is_given_up_half_way_is_done_the_next_time() -> None:
    live = await aslive()
    writer = chatwriter.ChatWriter()
    await sync_to_async(store_chat)([heard(live, "a")], Roll(), live.started_at)
    await writer.count_again(live.pk, 0.0)
    counting = asyncio.create_task(writer.tally())
    await asyncio.sleep(0)  # under way
    counting.cancel()
    await asyncio.wait([counting])

    await writer.tally()

    assert (counting.cancelled(), await counted(live)) == (True, [(0, 1)])


async def test_a_live_that_is_gone_holds_up_no_other() -> None:
    live, gone = await aslive(), await aslive()
    last = [heard(gone, "a"), heard(live, "b")]
    await sync_to_async(gone.delete)()
    async with chatwriter.writing() as writer:
        for each in last:
            await writer.put(each)

    assert await stored(live) == ["b"]


# ── trouble with the database ──


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatwriter, "PAUSE_S", 0.01)
    monkeypatch.setattr(chatwriter, "GATHER_S", 0.01)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("table", ["watch_live", "watch_chatter", "watch_chatmessage"])
async def test_nothing_is_lost_while_the_database_is_away(table: str) -> None:
    live = await aslive()
    async with away(Away(table, times=5)) as database, chatwriter.writing() as writer:
        for message_id in "abc":
            await writer.put(heard(live, message_id))
        await writer.settle()

    assert (await stored(live), await counted(live)) == (["a", "b", "c"], [(0, 3)])
    assert (writer.stored, writer.dropped, database.times) == (3, 0, 0)


@pytest.mark.usefixtures("quick")
async def test_counting_while_the_database_is_away_is_done_the_next_time() -> None:
    live = await aslive()
    await sync_to_async(store_chat)([heard(live, "a")], Roll(), live.started_at)
    writer = chatwriter.ChatWriter()
    async with away(Away("watch_livesample", times=1)):
        await writer.count_again(live.pk, 0.0)
        await writer.tally()
        assert await counted(live) == []
        await writer.tally()

    assert await counted(live) == [(0, 1)]


async def test_what_may_not_have_been_counted_holds_nobody_up_while_the_database_is_away() -> None:
    live = await aslive()
    writer = chatwriter.ChatWriter()
    async with away(Away("watch_chatmessage", times=1)):
        await writer.count_again(live.pk, 0.0)

    await writer.tally()
    assert await counted(live) == []


def unwanted(live: Live, message_id: str) -> Heard:
    """Return what somebody wrote to a team that is gone: no database takes it."""
    did = heard(live, message_id, by=7, text="their own words")
    return Heard(live.pk, did.at_s, Audience(live.channel.workspace_id + 1000, "web"), did.activity)


@pytest.mark.usefixtures("quick")
async def test_a_message_that_no_database_takes_is_left_out_and_told_without_its_words() -> None:
    live = await aslive()
    with capture_logs() as told:
        async with chatwriter.writing() as writer:
            for each in (heard(live, "a"), unwanted(live, "b"), heard(live, "c", by=2)):
                await writer.put(each)
            await writer.settle()

    assert (await stored(live), await counted(live)) == (["a", "c"], [(0, 2)])
    assert (writer.stored, writer.dropped) == (2, 1)
    left_out = [line for line in told if line["event"] == "chat_not_stored"]
    assert [(line["live"], line["dropped"]) for line in left_out] == [(live.pk, 1)]
    assert "their own words" not in str(told)


async def test_a_live_that_is_gone_keeps_no_other_from_being_counted() -> None:
    live, gone = await aslive(), await aslive()
    for each in (live, gone):
        await sync_to_async(store_chat)([heard(each, "a")], Roll(), live.started_at)
    writer = chatwriter.ChatWriter()
    for each in (live, gone):
        await writer.count_again(each.pk, 0.0)
    await sync_to_async(gone.delete)()

    await writer.tally()

    assert await counted(live) == [(0, 1)]
    assert await LiveSample.objects.acount() == 1


async def test_whoever_reads_waits_while_too_much_waits_to_be_written() -> None:
    live = await aslive()
    writer = chatwriter.ChatWriter(held=2)
    for message_id in ("a", "b"):
        await writer.put(heard(live, message_id))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(writer.put(heard(live, "c")), 0.05)


async def test_there_is_a_writer_only_while_chats_are_written() -> None:
    async with chatwriter.writing() as writer:
        assert chatwriter.current() is writer

    with pytest.raises(RuntimeError):
        chatwriter.current()
