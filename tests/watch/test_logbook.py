from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async

from tests.factories import make_channel, make_live
from tests.watch.fakes import Memory
from vigie.ports import Fence
from vigie.runtime import clock, leases
from vigie.runtime.leases import LeaseLost
from vigie.watch import sinks
from vigie.watch.logbook import Logbook
from vigie.watch.models import Gap, Live, LiveState
from vigie.watch.operations import LiveIsOver
from vigie.watch.timeline import Hole, Mark

pytestmark = pytest.mark.django_db(transaction=True)


async def new() -> Logbook:
    return await Logbook.of((await sync_to_async(make_channel)()).pk)


async def left(**fields: float) -> Logbook:
    """The logbook of a live that another process has left."""

    def make() -> int:
        live = make_live(heard_s=50.0)
        Live.objects.filter(pk=live.pk).update(epoch=2, heard_until_s=61.5, **fields)
        return live.channel_id

    return await Logbook.of(await sync_to_async(make)())


async def test_nothing_is_written_before_the_live_begins() -> None:
    book = await new()

    await book.turn(LiveState.OK)
    await book.gap(Hole(0.0, 1.0), "x")
    await book.count(Mark(0, 1.0, None), 1.0)
    await book.end("x", is_over=True)

    assert await book.mark() is None
    assert not await Live.objects.aexists()


async def test_a_live_is_written_from_its_beginning_to_its_end() -> None:
    book = await new()

    live = await book.open("Marché")
    await book.turn(LiveState.OK)
    await book.gap(Hole(1.0, 2.0), "broken")
    await book.count(Mark(1, 5.0, -10.0), 4.0)
    await book.end("over", is_over=True)

    await live.arefresh_from_db()
    assert (live.state, live.reason, live.heard_s, live.lost_s, live.epoch) == (LiveState.ENDED, "over", 4.0, 1.0, 1)
    assert await Gap.objects.acount() == 1
    with pytest.raises(LiveIsOver):
        await book.turn(LiveState.OK)


@pytest.mark.usefixtures("memory")
async def test_a_live_that_was_left_goes_on_where_its_row_says() -> None:
    book = await left(clock_shift_s=-10.0)

    assert await book.mark() == Mark(2, 61.5, -10.0)
    await book.count(Mark(3, 71.5, -10.0), 10.0)
    assert (await Live.objects.aget()).heard_s == 60.0


@pytest.mark.parametrize(("kept", "mark", "heard_s"), [((2, 63.0), 63.0, 61.5), ((1, 58.5), 58.5, 57.0)])
async def test_the_disk_knows_better_than_the_row(
    memory: Memory, kept: tuple[int, float], mark: float, heard_s: float
) -> None:
    sinks.add_recall(lambda _: kept)
    book = await left()

    assert await book.mark() == Mark(2, mark, None)
    await book.count(Mark(3, 71.5, None), 10.0)
    assert (await Live.objects.aget()).heard_s == heard_s


async def test_a_live_that_nobody_heard_yet_begins_anew() -> None:
    live = await sync_to_async(make_live)()

    assert await (await Logbook.of(live.channel_id)).mark() is None


@sync_to_async
def fenced(channel_id: int, owner: str, hours: int) -> Fence:
    """What an owner gets who claims a channel so many hours from now, when every earlier lease has run out."""
    name, later = f"channel:{channel_id}", clock.now() + timedelta(hours=hours)
    return Fence(name, leases.claim([name], owner, later, ttl_s=15, limit=1)[name])


async def test_a_former_owner_can_write_nothing() -> None:
    channel_id = (await sync_to_async(make_channel)()).pk
    former = await Logbook.of(channel_id, await fenced(channel_id, "a", 0))
    unopened = await Logbook.of(channel_id, former.fence)
    live = await former.open("Marché")
    await former.turn(LiveState.OK)
    await fenced(channel_id, "b", 1)

    for write in (
        lambda: former.turn(LiveState.RECONNECTING, "late"),
        lambda: former.gap(Hole(1.0, 2.0), "late"),
        lambda: former.count(Mark(1, 5.0, None), 4.0),
        lambda: former.end("late", is_over=True),
        lambda: unopened.open("late"),
    ):
        with pytest.raises(LeaseLost):
            await write()

    row = await Live.objects.aget()
    assert (row.pk, row.state, row.reason, row.heard_s, row.ended_at) == (live.pk, LiveState.OK, "", 0.0, None)
    assert not await Gap.objects.aexists()


async def test_a_channel_may_be_given_up() -> None:
    book = await new()
    assert await book.is_unwanted()

    book.channel.is_watched = True
    await book.channel.asave()
    assert not await book.is_unwanted()

    await book.channel.adelete()
    assert await book.is_unwanted()
