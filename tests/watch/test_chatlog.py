"""What the reader of a chat writes down about its live, as long as it owns it and the live is open."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from tests.watch.test_chatting import make_broadcast
from vigie.events import ModeratorActed
from vigie.ports import Fence
from vigie.runtime import clock
from vigie.runtime.leases import LeaseLost
from vigie.watch.chatlog import ChatLog
from vigie.watch.logbook import Logbook
from vigie.watch.models import Channel, ChatState, Gap, Live, LiveMark
from vigie.watch.operations import LiveIsOver
from vigie.watch.timeline import Hole

pytestmark = pytest.mark.django_db(transaction=True)


async def log_of(live: Live, fence: Fence | None = None) -> ChatLog:
    book = await Logbook.of(live.channel_id, fence)
    assert book.live is not None
    return ChatLog(book, book.live)


async def test_a_state_is_written_when_it_changes() -> None:
    live = await make_broadcast()
    log = await log_of(live)
    await log.turn(ChatState.BROKEN, "cut")
    await Live.objects.aupdate(chat_reason="untouched")
    await log.turn(ChatState.BROKEN, "cut")

    await live.arefresh_from_db()
    assert (live.chat_state, live.chat_reason) == (ChatState.BROKEN, "untouched")


async def test_nothing_is_written_by_a_former_owner() -> None:
    live = await make_broadcast()
    log = await log_of(live, Fence(f"channel:{live.channel_id}", 7))

    with pytest.raises(LeaseLost):
        await log.keep(5.0)


class Forgetful(Logbook):
    """A logbook whose database is away at the first try."""

    tries = 0

    async def write(self, *args: Any, **kwargs: Any) -> Any:
        self.tries += 1
        if self.tries == 1:
            raise OperationalError("the server closed the connection")
        return await super().write(*args, **kwargs)


async def forgetful(live: Live) -> ChatLog:
    book = await Logbook.of(live.channel_id)
    return ChatLog(Forgetful(book.channel, book.live, None), live)


async def test_a_state_that_could_not_be_written_is_written_when_it_is_told_again() -> None:
    live = await make_broadcast()
    log = await forgetful(live)
    for _ in range(2):
        await log.turn(ChatState.BROKEN, "cut")

    await live.arefresh_from_db()
    assert live.chat_state == ChatState.BROKEN


async def test_what_moderators_do_is_told_once_and_written_in_the_end() -> None:
    live = await make_broadcast()
    log = await forgetful(live)

    await log.moderated(ModeratorActed("e", clock.now(), "ban", "momo", target="troll"), 5.0)

    assert await LiveMark.objects.values_list("from_s", flat=True).aget() == 5.0


async def test_nothing_but_a_gap_is_written_of_a_live_that_is_over() -> None:
    live = await make_broadcast()
    log = await log_of(live)
    await Live.objects.aupdate(ended_at=clock.now())

    for write in (log.keep(5.0), log.turn(ChatState.OK)):
        with pytest.raises(LiveIsOver):
            await write
    await log.gap(Hole(1.0, 2.0), "cut")

    assert await Gap.objects.acount() == 1


async def test_is_over_when_it_ended_or_nobody_wants_it() -> None:
    live = await make_broadcast()
    log = await log_of(live)
    assert not await log.is_over()
    await Channel.objects.aupdate(is_watched=False)
    assert await log.is_over()
    await Channel.objects.aupdate(is_watched=True)
    await Live.objects.aupdate(ended_at=clock.now())
    assert await log.is_over()
    await sync_to_async(live.delete)()
    assert await log.is_over()
