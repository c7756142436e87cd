"""How the platforms are driven."""

from abc import abstractmethod
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import TikTokLive  # noqa: F401 -- 3 s, and more on a busy machine: before any limit runs

from tests.adapters.conformance.driver import Driver
from tests.adapters.gates import FreeGate
from tests.adapters.twitch.twitch import CHANNEL, CHAT, READER, AccountKeys, room, settings
from vigie.adapters.tiktok.client import TikTok
from vigie.adapters.tiktok.settings import TikTokSettings
from vigie.adapters.twitch.authority import AppKeys, TwitchAuthority
from vigie.adapters.twitch.chat import TwitchChat
from vigie.adapters.twitch.client import TwitchProbe
from vigie.adapters.twitch.media import TwitchMedia
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.adapters.web.client import WebMedia
from vigie.ports import Handle, Reach, Room
from vigie.simulators import tiktok, twitch
from vigie.simulators.media import MediaServer, demo_script
from vigie.simulators.tiktok import Account, TikTokServer
from vigie.simulators.twitch import TwitchServer
from vigie.simulators.twitch.server import CLIENT_SECRET

KEY, SESSION = "k3y-of-the-operator", "s3ssion-of-the-operator"
EVERYWHERE = frozenset(tiktok.Route)


class OfTikTok(Driver[TikTokServer]):
    """Whatever the site answers may be a block, and passes."""

    adapter = "tiktok"
    for_good = frozenset[int]()
    patience = "vigie.adapters.gated.WHOLE_S"
    garbage = tuple(
        tiktok.Fault(kind, routes=EVERYWHERE)
        for kind in (tiktok.Kind.HTML, tiktok.Kind.CAPTCHA, tiktok.Kind.EMPTY, tiktok.Kind.GIBBERISH)
    )

    def __init__(self) -> None:
        super().__init__()
        self.secrets += [KEY, SESSION]

    def simulator(self) -> TikTokServer:
        server = TikTokServer()
        server.add(Account("alba", user_id=61, room_id=71))
        return server

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        where = TikTokSettings(app_url=url, webcast_url=f"{url}/webcast", sign_url=f"{url}/sign")
        told = replace(where, sign_key=KEY, session_id=SESSION, may_share_session=True)
        adapter = TikTok(told, FreeGate(), WebMedia(Reach.NETWORK))
        self.keepers += [told, adapter, adapter.probe, adapter.chat, adapter.media]
        try:
            async with aclosing(self.ask(adapter)) as items:
                async for item in items:
                    yield item
        finally:
            await adapter.close()

    @abstractmethod
    def ask(self, adapter: TikTok) -> AsyncGenerator[object, None]:
        """Ask one of its ports."""

    def refuse(self, status: int, wait_s: int) -> None:
        self.server.break_all(tiktok.Fault(tiktok.Kind.REFUSE, EVERYWHERE, status=status, reset_s=wait_s))

    def spoil(self, how: tiktok.Fault) -> None:
        self.server.break_all(how)


class TikTokProbe(OfTikTok):
    """Which channels are on air."""

    port = "LiveProbe"

    async def ask(self, adapter: TikTok) -> AsyncGenerator[object, None]:
        for sighting in await adapter.probe.probe([Handle("alba")]):
            yield sighting


class TikTokChat(OfTikTok):
    """A room; only a person can give the signing service another key."""

    port = "ChatSource"
    is_stream = True
    for_good = frozenset({401})
    garbage = (
        *OfTikTok.garbage,
        *map(tiktok.Fault, (tiktok.Kind.GARBAGE, tiktok.Kind.CORRUPT, tiktok.Kind.BROKEN, tiktok.Kind.UNKNOWN)),
    )

    async def ask(self, adapter: TikTok) -> AsyncGenerator[object, None]:
        async with aclosing(adapter.chat.chat(Room(Handle("alba"), "71"))) as items:
            async for item in items:
                yield item
                self.server.say("alba", "encore")


class TikTokMedia(OfTikTok):
    """Where the stream is; `web` pulls it."""

    port = "MediaSource"

    async def ask(self, adapter: TikTok) -> AsyncGenerator[object, None]:
        yield await adapter.media.resolve("alba")


class OfTwitch(Driver[TwitchServer]):
    """Asked with a connected account, which may read chats."""

    adapter = "twitch"
    patience = "vigie.adapters.gated.WHOLE_S"
    garbage = tuple(twitch.Fault(kind, times=0) for kind in (twitch.Kind.HTML, twitch.Kind.GARBAGE, twitch.Kind.EMPTY))

    def __init__(self) -> None:
        self.origin = MediaServer(demo_script())
        super().__init__()
        self.token = self.server.grant(READER.user_id, [CHAT])
        self.secrets += [CLIENT_SECRET, self.token.access, self.token.refresh]

    def simulator(self) -> TwitchServer:
        server = TwitchServer(media_url=lambda _: self.origin.url("fr.m3u8"))
        server.add(READER)
        server.add(CHANNEL)
        server.go_live(CHANNEL.login)
        return server

    def settings(self, url: str) -> TwitchSettings:
        told = replace(
            settings(self.server),
            helix_url=f"{url}/helix",
            id_url=f"{url}/oauth2",
            eventsub_url=f"{url}/ws".replace("http", "ws", 1),
        )
        self.keepers += [told]
        return told

    def refuse(self, status: int, wait_s: int) -> None:
        self.server.fail(twitch.Fault(twitch.Kind.REFUSE, times=0, status=status, delay_s=wait_s))

    def spoil(self, how: twitch.Fault) -> None:
        self.server.fail(how)


class TwitchProbing(OfTwitch):
    """Which channels are on air."""

    port = "LiveProbe"

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        told, gate = self.settings(url), FreeGate()
        probe = TwitchProbe(told, gate, AppKeys(TwitchAuthority(told, gate)))
        self.keepers += [probe]
        for sighting in await probe.probe([Handle(CHANNEL.login)]):
            yield sighting


class TwitchReading(OfTwitch):
    """A room."""

    port = "ChatSource"
    is_stream = True

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        told, gate = self.settings(url), FreeGate()
        authority = TwitchAuthority(told, gate)
        keys = AccountKeys(authority, self.token)
        chat = TwitchChat(told, gate, AppKeys(authority), lambda _: keys)
        self.keepers += [chat, authority]
        async with aclosing(chat.chat(room())) as items:
            async for item in items:
                yield item
                self.server.say(CHANNEL.login, "moka", "encore")


class TwitchConsent(OfTwitch):
    """The authorization server."""

    port = "AccountAuthority"

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        authority = TwitchAuthority(self.settings(url), FreeGate())
        grant = await authority.refresh(self.token.refresh)
        self.keepers += [authority, grant]
        self.secrets += [grant.access_token, grant.refresh_token]
        yield await authority.validate(grant.access_token)


class TwitchMedium(OfTwitch):
    """Where the stream is; streamlink finds it, `web` pulls it. What streamlink says of a 401 does not tell that."""

    for_good = frozenset({404})

    port = "MediaSource"
    patience = "vigie.adapters.web.pages.REQUEST_S"

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        bases = {"https://gql.twitch.tv": url, "https://usher.ttvnw.net": f"{url}/usher"}
        media = TwitchMedia(WebMedia(Reach.NETWORK, bases=bases))
        self.keepers += [media]
        with self.origin:
            yield await media.resolve(CHANNEL.login)
