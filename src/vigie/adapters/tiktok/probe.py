"""Which channels of TikTok are on air: broadcasts that are known by one request, the others one by one.

TikTok tells of many rooms at once, and of channels only one at a time; a room ends with its broadcast. So a channel
that is on air costs a fraction of a request, one that is not costs one, and one that was renamed or is gone three.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vigie.adapters.tiktok import parse
from vigie.adapters.tiktok.parse import Odd
from vigie.ports import Airing, Handle, NotLive, PortError, Sighting

if TYPE_CHECKING:
    from vigie.adapters.tiktok.client import Site

NAME = re.compile(r"[\w.]{1,64}", re.ASCII)
NO_NAME = "No account of TikTok can be named like this."
NEVER_LIVE = "This account has never been live."


class TikTokProbe:
    """Asks one after the other, and stops asking at the first sign that TikTok has had enough."""

    most = 50

    def __init__(self, site: "Site") -> None:
        self._site = site

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        """Return what `vigie.ports.LiveProbe.probe` promises."""
        trouble: PortError | None = None
        on_air, sightings = set[str](), list[Sighting]()
        answers = 0
        try:
            on_air = await self._on_air(channels)
        except PortError as error:
            trouble = error
        for channel in channels:
            if channel.room_id in on_air:
                sightings.append(_still_live(channel))
                answers += 1
                continue
            if trouble is None:
                try:
                    sightings.append(await self.look(channel))
                    answers += 1
                    continue
                except PortError as error:
                    trouble = error
            sightings.append(_unknown(channel, str(trouble)))
        if trouble and not answers:
            raise trouble
        return sightings

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
            raise NotLive(f"@{channel.name} is not live.", retryable=True)
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
        return {room_id for room_id, is_alive in said.items() if is_alive}

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
        if profile.handle != channel.name:
            renamed = parse.user_room(asked, await self._site.user_room(profile.handle))
            if renamed:
                return renamed
        return Sighting(asked, Airing.OFFLINE, NEVER_LIVE, platform_id=profile.platform_id, handle=profile.handle)


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
