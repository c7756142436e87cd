"""The port LiveProbe: which channels of Twitch are on air, a hundred a request.

A hundred channels cost one point of the 800 that Twitch gives a minute. Those that are not on air are looked up once
an hour more: that alone tells a channel that rests from one that is gone, or has another name now.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from vigie.adapters.twitch import parse
from vigie.adapters.twitch.helix import MOST, Helix
from vigie.adapters.twitch.parse import Account, OnAir
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.ports import Airing, Gate, Handle, Keys, PortError, Sighting

KNOWN_S = 3_600.0
"""An account that was seen is taken to be there for so long."""
NOT_A_NAME = "No Twitch channel can have this name."
GONE = "Twitch has no account of this name: there never was one, it was renamed, or it is banned."
BANNED = "Twitch does not have this account any more: it is banned, or was closed."
BROKEN = "Twitch itself cannot tell."


@dataclass(frozen=True, slots=True)
class Seen:
    """An account, and when it was seen."""

    account: Account
    at_s: float


class TwitchProbe:
    """Tells which channels are on air."""

    most = 1_000

    def __init__(self, settings: TwitchSettings, gate: Gate, app: Keys) -> None:
        """Ask in the name of the application."""
        self._settings = settings
        self._gate = gate
        self._app = app
        self._seen: dict[str, Seen] = {}

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        """Return one sighting a channel, in order. Raises PortError when nothing could be asked at all."""
        now_s = time.monotonic()
        self._seen = {number: seen for number, seen in self._seen.items() if now_s - seen.at_s < KNOWN_S}
        async with Helix(self._settings, self._gate, self._app) as helix:
            look = Look(helix, self._seen, now_s)
            await look.at(channels)
        return [look.sighting(channel) for channel in channels]


class Look:
    """One probe: names become numbers, numbers become broadcasts, and who has none is looked up."""

    def __init__(self, helix: Helix, seen: dict[str, Seen], now_s: float) -> None:
        """Remember in `seen` which accounts there are."""
        self._helix = helix
        self._seen = seen
        self._now_s = now_s
        self._numbers: dict[str, str] = {}
        """Of the names that were looked up."""
        self._on_air: dict[str, OnAir | None] = {}
        self._troubles: dict[str, PortError] = {}
        """By number, or by @name."""
        self._was_answered = False

    async def at(self, channels: Sequence[Handle]) -> None:
        """Ask what there is to ask. Raises PortError when nothing was answered."""
        await self._find({channel.name for channel in channels if not channel.platform_id and _may_be(channel)})
        numbers = {self._number(channel) for channel in channels if _may_be(channel)} - {""}
        await self._watch(numbers)
        await self._recognize(numbers - self._on_air.keys() - self._seen.keys() - self._troubles.keys())
        if self._troubles and not self._was_answered:
            raise next(iter(self._troubles.values()))

    def sighting(self, channel: Handle) -> Sighting:
        """Return what was learnt of a channel."""
        asked, number = channel.platform_id or channel.name, self._number(channel)
        trouble = self._troubles.get(number or f"@{channel.name}")
        if not _may_be(channel):
            return Sighting(asked, Airing.UNKNOWN, NOT_A_NAME, is_permanent=True)
        if trouble:
            return Sighting(asked, Airing.UNKNOWN, str(trouble), platform_id=number)
        if number in self._on_air:
            return _live(asked, self._on_air[number])
        if number in self._seen:
            return Sighting(asked, Airing.OFFLINE, platform_id=number, handle=self._seen[number].account.login)
        return Sighting(asked, Airing.UNKNOWN, BANNED if number else GONE, is_permanent=True, platform_id=number)

    def _number(self, channel: Handle) -> str:
        return channel.platform_id or self._numbers.get(channel.name, "")

    async def _find(self, names: Collection[str]) -> None:
        """Learn the numbers of names."""
        for some in _hundreds(names):
            try:
                self._meet(await self._helix.accounts(logins=some))
            except PortError as trouble:
                self._troubles |= {f"@{name}": trouble for name in some}

    async def _watch(self, numbers: Collection[str]) -> None:
        """Learn who is on air."""
        for some in _hundreds(numbers):
            try:
                found = await self._helix.on_air(some)
            except PortError as trouble:
                self._troubles |= dict.fromkeys(some, trouble)
            else:
                self._on_air |= found
                self._meet([broadcast.account for broadcast in found.values() if broadcast])

    async def _recognize(self, numbers: Collection[str]) -> None:
        """Learn which accounts there are."""
        for some in _hundreds(numbers):
            try:
                self._meet(await self._helix.accounts(ids=some))
            except PortError as trouble:
                self._troubles |= dict.fromkeys(some, trouble)

    def _meet(self, accounts: Sequence[Account]) -> None:
        self._was_answered = True
        for account in accounts:
            self._numbers[account.login] = account.id
            self._seen[account.id] = Seen(account, self._now_s)


def _may_be(channel: Handle) -> bool:
    return parse.is_id(channel.platform_id) if channel.platform_id else parse.is_login(channel.name)


def _live(asked: str, broadcast: OnAir | None) -> Sighting:
    if broadcast is None:
        return Sighting(asked, Airing.UNKNOWN, BROKEN)
    return Sighting(
        asked,
        Airing.LIVE,
        platform_id=broadcast.account.id,
        handle=broadcast.account.login,
        room_id=broadcast.id,
        title=broadcast.title,
        viewers=broadcast.viewers,
        started_at=broadcast.started_at,
    )


def _hundreds(names: Collection[str]) -> Iterator[list[str]]:
    """Yield them in an order that is always the same, as many as one request may name."""
    left = iter(sorted(names))
    while some := list(islice(left, MOST)):
        yield some
