"""Which channels of TikTok are on air: broadcasts that are known by one request, the others one by one.

TikTok tells of many rooms at once, and of channels only one at a time; a room ends with its broadcast. So a channel
that is on air costs a fraction of a request, one that is not costs one, and one that was renamed or is gone three.
Rooms do not tell what their channel is called by now: now and then one of those on air is asked for by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vigie.adapters.tiktok import parse
from vigie.adapters.tiktok.parse import Odd
from vigie.adapters.tiktok.site import Site
from vigie.ports import Airing, Handle, NotLive, PortError, Sighting

NAME = re.compile(r"[\w.]{1,64}", re.ASCII)
NO_NAME = "No account of TikTok can be named like this."
NEVER_LIVE = "This account has never been live."
RENAMED_EVERY = 30
"""After so many looks in a row at a room alone, half an hour, its channel is looked at too: it may be renamed."""
MOST_ROOMS = 10_000
MOST_FAILURES = 2
"""In a row; then it is TikTok that does not answer, and not something about a channel."""
NOT_ASKED = "TikTok did not answer for other channels: this one was not asked for."
ADDRESS = re.compile(r"https?://\S+: ")


@dataclass(slots=True)
class Mood:
    """How TikTok has answered one call so far."""

    trouble: PortError | None = None
    """The last there was."""
    answers: int = 0
    failures: int = 0
    """Since the last answer."""

    def answered(self) -> None:
        """Take note that a channel was told of."""
        self.answers += 1
        self.failures = 0

    def failed(self, trouble: PortError) -> None:
        """Take note that a channel was not told of."""
        self.trouble = trouble
        self.failures += 1

    @property
    def is_bad(self) -> bool:
        """Whether it wants to be left alone: it says so, our own gate does, or a second failure in a row."""
        asks_to_wait = self.trouble is not None and self.trouble.retry_after_s is not None
        return asks_to_wait or self.failures >= MOST_FAILURES


class TikTokProbe:
    """Asks one after the other, and stops when TikTok has had enough: one page that fails is no proof of that."""

    most = 20
    """Those that are not on air cost a request each, at one a second: more would keep what was learned waiting."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._looks: dict[str, int] = {}
        """Room -> how often in a row its channel was not looked at."""

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        """Return what `vigie.ports.LiveProbe.probe` promises."""
        mood = Mood()
        try:
            on_air = await self._on_air(channels)
        except PortError as error:
            raise _of_all(error) from error
        turn = self._next_turn(on_air)
        sightings = [
            await self._sight(channel, mood, is_live=channel.room_id in on_air, is_turn=channel.room_id == turn)
            for channel in channels
        ]
        if mood.trouble and not mood.answers:
            raise _of_all(mood.trouble) from mood.trouble
        return sightings

    async def _sight(self, channel: Handle, mood: Mood, *, is_live: bool, is_turn: bool) -> Sighting:
        """Return what is known of one channel: a live that is on air is looked at only when it is its turn."""
        seen = _still_live(channel) if is_live else None
        if seen and (mood.is_bad or not is_turn):
            mood.answers += 1
            return seen
        if mood.is_bad:
            return _unknown(channel, NOT_ASKED)
        try:
            looked = await self.look(channel)
        except PortError as error:
            mood.failed(error)
            mood.answers += seen is not None
            return seen or _unknown(channel, str(error))
        mood.answered()
        return looked if seen is None or looked.airing is Airing.LIVE else seen

    async def look(self, channel: Handle) -> Sighting:
        """Return what there is to say of one channel. Raises PortError when TikTok did not answer."""
        try:
            return await self._look(channel)
        except Odd as error:
            return _unknown(channel, str(error))

    async def find(self, channel: Handle) -> str:
        """Return the id of the room of a channel that is on air. Raises PortError, NotLive."""
        seen = await self.look(channel)
        if seen.airing is Airing.LIVE:
            return seen.room_id
        if seen.airing is Airing.OFFLINE:
            raise NotLive(f"@{channel.name}: nothing is on air now.", retryable=True)
        raise PortError(f"@{channel.name}: {seen.reason}", retryable=not seen.is_permanent, permanent=seen.is_permanent)

    async def _on_air(self, channels: Sequence[Handle]) -> set[str]:
        """Return which of the rooms that are known are still on air. Raises PortError."""
        known = [channel.room_id for channel in channels if channel.room_id]
        if not known:
            return set()
        try:
            said = parse.alive(await self._site.alive(known))
        except Odd:
            return set()  # each channel will be asked for
        on_air = {room_id for room_id in known if said.get(room_id)}
        self._looks = {room_id: looks for room_id, looks in self._looks.items() if said.get(room_id, True)}
        return on_air

    def _next_turn(self, on_air: set[str]) -> str:
        """Return the room whose channel is to be looked at as well: one a call, so that they never come in a crowd."""
        if len(self._looks) > MOST_ROOMS:
            self._looks.clear()
        for room_id in on_air:
            self._looks[room_id] = self._looks.get(room_id, 0) + 1
        turn = max(on_air, key=lambda room_id: self._looks[room_id], default="")
        if self._looks.get(turn, 0) < RENAMED_EVERY:
            return ""
        self._looks[turn] = 0
        return turn

    async def _look(self, channel: Handle) -> Sighting:
        asked = channel.name or channel.platform_id
        if not NAME.fullmatch(asked):
            return _unknown(channel, NO_NAME, is_permanent=True)
        if channel.name:
            seen = parse.user_room(asked, await self._site.user_room(channel.name))
            if seen and channel.platform_id in {"", seen.platform_id}:
                return seen
        return await self._look_behind(channel, asked)

    async def _look_behind(self, channel: Handle, asked: str) -> Sighting:
        """Ask the profile, by number where it is known: the handle is nobody's, or somebody else's by now."""
        profile = parse.profile(await self._site.profile(channel.platform_id or channel.name))
        if profile.reason:
            return _unknown(channel, profile.reason, is_permanent=True)
        if channel.platform_id not in {"", profile.platform_id}:
            raise Odd(parse.SOMEBODY_ELSE)
        if profile.handle != channel.name:
            renamed = parse.user_room(asked, await self._site.user_room(profile.handle))
            if renamed and renamed.platform_id != profile.platform_id:
                raise Odd(parse.SOMEBODY_ELSE)
            if renamed:
                return renamed
        return Sighting(asked, Airing.OFFLINE, NEVER_LIVE, platform_id=profile.platform_id, handle=profile.handle)


def _of_all(trouble: PortError) -> PortError:
    """Return trouble that concerns all channels of a call: the address of one of them has no place in it."""
    reason = ADDRESS.sub("", str(trouble))
    return PortError(
        reason, retryable=trouble.retryable, retry_after_s=trouble.retry_after_s, permanent=trouble.permanent
    )


def _still_live(channel: Handle) -> Sighting:
    return Sighting(
        asked=channel.name or channel.platform_id,
        airing=Airing.LIVE,
        platform_id=channel.platform_id,
        handle=channel.name,
        room_id=channel.room_id,
    )


def _unknown(channel: Handle, reason: str, *, is_permanent: bool = False) -> Sighting:
    return Sighting(
        asked=channel.name or channel.platform_id,
        airing=Airing.UNKNOWN,
        reason=reason,
        is_permanent=is_permanent,
        platform_id=channel.platform_id,
    )
