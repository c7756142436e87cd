from datetime import UTC, datetime

import pytest

from tests.watch.fakes import Memory
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, PlacedPackets
from vigie.watch import sinks
from vigie.watch.sinks import Sinks, kept_until

LIVE = LiveRef(1, 2, "fr", datetime(2026, 1, 5, tzinfo=UTC))
AUDIO = PlacedAudio(0, 0, 0.0, b"\0\0")
CAPTION = PlacedCaption(0.0, 1.0, "Bonjour", "fr")
PACKETS = PlacedPackets(0.0, (), ())


class Broken(Memory):
    """A sink that cannot close."""

    async def close(self) -> None:
        await super().close()
        raise OSError("disk full")


async def test_every_sink_gets_everything(memory: Memory) -> None:
    other = Memory()
    sinks.add_sink(other)
    sinks.add_sink(other)
    opened = Sinks()

    await opened.open(LIVE)
    await opened.audio(AUDIO)
    await opened.caption(CAPTION)
    await opened.pause()
    await opened.close()
    await opened.close()

    for one in (memory, other):
        assert (one.opened, one.heard, one.captions, one.closed) == ([LIVE], [AUDIO], [CAPTION], 1)
        assert one.paused.is_set()


async def test_packets_go_to_those_who_want_them(memory: Memory) -> None:
    wanting, sated = Memory(), Memory()

    async def never(_: int) -> bool:
        return False

    sinks.add_sink(wanting, wants_packets=wanting.wants)
    sinks.add_sink(sated, wants_packets=never)
    opened = Sinks()
    are_wanted = await opened.want_packets(LIVE.workspace_id)
    await opened.open(LIVE)
    await opened.packets(PACKETS)

    assert are_wanted
    assert wanting.asked_for == [LIVE.workspace_id]
    assert (memory.encoded, wanting.encoded, sated.encoded) == ([], [PACKETS], [])


@pytest.mark.usefixtures("memory")
async def test_nobody_wants_packets_until_somebody_says_so() -> None:
    assert not await Sinks().want_packets(2)


async def test_a_sink_that_cannot_close_keeps_no_other_open(memory: Memory) -> None:
    broken = Broken()
    sinks.add_sink(broken)
    opened = Sinks()
    await opened.open(LIVE)

    with pytest.raises(OSError, match="disk full"):
        await opened.close()

    assert (memory.closed, broken.closed) == (1, 1)


@pytest.mark.usefixtures("memory")
def test_what_everyone_has_kept_counts() -> None:
    assert kept_until(1) is None

    for kept in (None, (3, 60.0), (4, 45.0)):
        sinks.add_recall(lambda _, kept=kept: kept)  # type: ignore[misc]

    assert kept_until(1) == (4, 45.0)
