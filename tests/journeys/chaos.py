"""Many TikTok lives whose connections go wrong in every way: is each message stored once, each interruption a gap?

`python -m tests.journeys.chaos --lives 50 --minutes 10` runs it at length, on a data folder of its own, and prints what
it found; `test_chaos.py` runs a short one.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vigie.simulators.tiktok import Account, Fault, Kind, Route, TikTokServer, viewer

if TYPE_CHECKING:
    from vigie.adapters.tiktok.client import TikTok
    from vigie.events import MediaItem
    from vigie.ports import MediaLocation, Room
    from vigie.watch.models import Live

FAULTS = (
    Fault(Kind.CLOSE, times=1, code=1011),
    Fault(Kind.RESET, times=1),
    Fault(Kind.STALL, times=1),
    Fault(Kind.PLAIN, times=20),
    Fault(Kind.UNKNOWN, times=20),
    Fault(Kind.BROKEN, times=20),
    Fault(Kind.CORRUPT, times=5),
    Fault(Kind.GARBAGE, times=5),
    Fault(Kind.DUPLICATE, times=20),
    Fault(Kind.REPLAY, times=2),
    *(
        Fault(kind, routes=frozenset({Route.SIGN}), times=1, status=status, reset_s=1)
        for kind, status in ((Kind.REFUSE, 429), (Kind.REFUSE, 503), (Kind.HTML, 200), (Kind.EMPTY, 200))
    ),
    *(
        Fault(kind, routes=frozenset({Route.ALIVE, Route.USER_ROOM}), times=1, status=403)
        for kind in (Kind.CAPTCHA, Kind.HTML, Kind.EMPTY, Kind.GIBBERISH, Kind.REFUSE)
    ),
)
"""Each in turn strikes every live; those of the signing service strike together with the end of the connection."""
TOLERANCE_S = 1.0
"""Between saying something and writing down when; between a break and its notice."""
SAY_EVERY_S = 0.5
LEAST = 3
"""Interruptions of each live: on a busy machine connections come back late, and are broken off less often."""
MOST_ROUNDS = 10
CALM_S = 8.0
"""At the end nothing goes wrong any more, so that all have come back."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how many, how patient."""

    lives: int
    seconds: float
    stall_s: float
    fault_every_s: float


@dataclass(slots=True)
class Found:
    """What the run found; everything but the counts must be empty."""

    said: int = 0
    stored: int = 0
    interruptions: int = 0
    gaps: int = 0
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """The client said that it had them, and they are not stored."""
    silent: list[str] = field(default_factory=list)
    """Not stored, or interrupted, and no gap tells so."""
    ended: list[str] = field(default_factory=list)
    """Lives that were ended, although they go on."""

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost, doubled, passed over in silence or ended."""
        return self.stored > 0 and not (self.twice or self.lost or self.silent or self.ended)


Said = dict[str, dict[str, datetime]]
"""Handle -> number of the message -> when it was said."""


async def run(server: TikTokServer, plan: Plan) -> Found:
    """Watch lives of `server` with all of the parts that do so, while everything goes wrong; return what came of it."""
    handles = [f"chaos{number}" for number in range(plan.lives)]
    for handle in handles:
        server.add(Account(handle))
    said: Said = {handle: {} for handle in handles}
    async with watching(server, handles, plan):
        await all_connected(server, handles)
        async with asyncio.TaskGroup() as group:
            talking = [group.create_task(talk(server, handle, said[handle])) for handle in handles]
            await strike(server, handles, plan)
            server.mend()
            await asyncio.sleep(CALM_S)
            for task in talking:
                task.cancel()
        await all_connected(server, handles)
        await asyncio.sleep(1.0)
    return await examined(server, said)


@asynccontextmanager
async def watching(server: TikTokServer, handles: Sequence[str], plan: Plan) -> AsyncIterator[None]:
    """Let detectors and watchers look after channels of these handles, their sound left out."""
    from asgiref.sync import sync_to_async  # noqa: PLC0415 -- after the settings

    from vigie.runtime.supervisor import Supervisor  # noqa: PLC0415 -- after the settings
    from vigie.watch import chatwriter, detecting, watching  # noqa: PLC0415 -- after the settings

    adapter = await sync_to_async(prepare)(server, handles, plan)
    stop = asyncio.Event()
    lives = Supervisor(sync_to_async(watching.wanted), watching.watch, "chaos", capacity=plan.lives + 1)
    detectors = Supervisor(sync_to_async(detecting.wanted), detecting.detect, "chaos:detectors")
    async with chatwriter.writing(), asyncio.TaskGroup() as group:
        group.create_task(lives.supervise(stop))
        group.create_task(detectors.supervise(stop))
        yield
        stop.set()
    await adapter.close()


def prepare(server: TikTokServer, handles: Sequence[str], plan: Plan) -> "TikTok":
    """Provide the platform, and watch its channels; return the adapter."""
    from tests.factories import make_workspace  # noqa: PLC0415 -- after the settings
    from vigie import ports  # noqa: PLC0415 -- after the settings
    from vigie.adapters.tiktok.client import TikTok  # noqa: PLC0415 -- after the settings
    from vigie.adapters.tiktok.settings import TikTokSettings  # noqa: PLC0415 -- after the settings
    from vigie.runtime import clock, registry  # noqa: PLC0415 -- after the settings
    from vigie.runtime.gate import SharedGate  # noqa: PLC0415 -- after the settings
    from vigie.runtime.limits import Budget  # noqa: PLC0415 -- after the settings
    from vigie.watch import operations  # noqa: PLC0415 -- after the settings
    from vigie.watch.addresses import Place  # noqa: PLC0415 -- after the settings
    from vigie.watch.operations import Label  # noqa: PLC0415 -- after the settings

    base = server.url().rstrip("/")
    settings = TikTokSettings(app_url=base, webcast_url=f"{base}/webcast", sign_url=f"{base}/sign")
    gate = SharedGate({"tiktok": Budget(1000.0, 100.0)})
    adapter = TikTok(settings, gate, Deaf(), stall_s=plan.stall_s)
    registry.provide(ports.LiveProbe, lambda: adapter.probe, "tiktok")
    registry.provide(ports.ChatSource, lambda: adapter.chat, "tiktok")
    registry.provide(ports.MediaSource, Deaf, "tiktok")
    workspace = make_workspace()
    for handle in handles:
        label, place = Label(handle, "fr"), Place("tiktok", handle)
        channel = operations.add_channel(workspace, place, label, actor=None, now=clock.now())
        operations.start_watching(channel, actor=None)
    return adapter


class Deaf:
    """A source without sound: only the chat is looked at."""

    async def resolve(self, source: str, room: "Room | None" = None, *, with_packets: bool = False) -> "MediaLocation":
        """Raise PortError."""
        del room, with_packets
        from vigie.ports import PortError  # noqa: PLC0415 -- after the settings

        raise PortError(f"{source}: no sound in this run.", permanent=True)

    def stream(
        self, location: "MediaLocation", *, from_pts_s: float | None = None, was_live: bool = False
    ) -> AsyncGenerator["MediaItem", None]:
        """Never called: nothing resolves."""
        raise AssertionError((location, from_pts_s, was_live))


async def all_connected(server: TikTokServer, handles: Sequence[str]) -> None:
    """Wait until every live has its connection."""
    for handle in handles:
        await asyncio.to_thread(server.wait_for_connections, handle, 1, timeout_s=120)


async def talk(server: TikTokServer, handle: str, said: dict[str, datetime]) -> None:
    """Let somebody say something twice a second, and write down when."""
    from vigie.runtime import clock  # noqa: PLC0415 -- after the settings

    number = 0
    while True:
        at = clock.now()
        number += 1
        message = await asyncio.to_thread(server.say, handle, f"message {number}", viewer=viewer(number % 50))
        said[str(message)] = at
        await asyncio.sleep(SAY_EVERY_S)


async def strike(server: TikTokServer, handles: Sequence[str], plan: Plan) -> None:
    """Let each fault strike every live in turn, until the time is over and each was broken off often enough."""
    loop = asyncio.get_running_loop()
    until = loop.time() + plan.seconds
    for fault in FAULTS * MOST_ROUNDS:
        if loop.time() >= until and all(len(server.interrupted(handle)) >= LEAST for handle in handles):
            return
        for handle in handles:
            server.break_live(handle, fault)
            if fault.routes:
                server.break_live(handle, Fault(Kind.CLOSE, times=1, code=1011))
        await asyncio.sleep(plan.fault_every_s)
        server.mend()


async def examined(server: TikTokServer, said: Said) -> Found:
    """Compare what was said and delivered with what was stored and told."""
    from asgiref.sync import sync_to_async  # noqa: PLC0415 -- after the settings

    found = Found()
    for handle, moments in said.items():
        await sync_to_async(examine)(server, handle, moments, found)
    return found


def examine(server: TikTokServer, handle: str, moments: dict[str, datetime], found: Found) -> None:
    """Add what is true of one live."""
    from vigie.watch.models import ChatMessage, Gap, Live  # noqa: PLC0415 -- after the settings

    lives = list(Live.objects.filter(channel__address=handle))
    live = lives[0]
    if len(lives) > 1 or live.ended_at is not None:
        found.ended.append(handle)
    stored = Counter(ChatMessage.objects.filter(live=live).values_list("platform_id", flat=True))
    acknowledged = {str(each.message_id) for each in server.acknowledged(handle)} & moments.keys()
    gaps = list(Gap.objects.filter(live=live, track="chat").values_list("from_s", "to_s"))
    found.said += len(moments)
    found.stored += len(stored)
    found.gaps += len(gaps)
    interrupted = [(each.kind, offset(live, each.at)) for each in server.interrupted(handle)]
    found.interruptions += len(interrupted)
    found.twice += [f"{handle} {number}" for number, times in stored.items() if times > 1]
    found.lost += [f"{handle} {number}" for number in acknowledged - stored.keys()]
    found.silent += [
        f"{handle} {number} at {offset(live, at):.1f} s"
        for number, at in moments.items()
        if number not in stored and not is_told(offset(live, at), gaps)
    ]
    found.silent += [f"{handle} {kind} at {at_s:.1f} s" for kind, at_s in interrupted if not is_told(at_s, gaps)]


def offset(live: "Live", at: datetime) -> float:
    """Return a moment as seconds since the live started."""
    return (at - live.started_at) / timedelta(seconds=1)


def is_told(at_s: float, gaps: Sequence[tuple[float, float]]) -> bool:
    """Return whether a gap tells that a moment was not received: it begins with the last thing that was."""
    return any(from_s - TOLERANCE_S <= at_s <= to_s + TOLERANCE_S for from_s, to_s in gaps)


def main(argv: Sequence[str] | None = None) -> int:
    """Run at length; return 0 when all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.chaos")
    parser.add_argument("--lives", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    chosen = parser.parse_args(argv)
    plan = Plan(
        chosen.lives, chosen.minutes * 60.0, stall_s=30.0, fault_every_s=chosen.minutes * 60.0 / len(FAULTS) / 2
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VIGIE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "vigie.site.settings"}
        import django  # noqa: PLC0415 -- after the settings

        django.setup()
        from django.db import connections  # noqa: PLC0415 -- after the settings

        from vigie.runtime import clock  # noqa: PLC0415 -- after the settings
        from vigie.site import logs, upkeep  # noqa: PLC0415 -- after the settings

        logs.configure("json", level=40)
        upkeep.migrate(clock.now())
        with TikTokServer() as server:
            found = asyncio.run(run(server, plan))
        connections.close_all()
    print(found)  # noqa: T201 -- the output of the command
    return 0 if found.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
