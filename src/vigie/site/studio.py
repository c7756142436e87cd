"""What the demo watches: simulated platforms with lives on air, and audiences that talk about them."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from vigie.people import scopes
from vigie.ports import Grant, Identity
from vigie.simulators.media import Live, MediaServer, Script, demo_script
from vigie.simulators.media.prompter import Prompter
from vigie.simulators.media.recording import load_recording
from vigie.simulators.media.script import PREPARED
from vigie.simulators.media.vtt import Cue
from vigie.simulators.tiktok import Account, Caption, TikTokServer
from vigie.simulators.twitch import TwitchServer, TwitchUser
from vigie.simulators.twitch.crowd import Crowd
from vigie.site.platforms import Vendors

TIKTOK_HANDLE, TWITCH_LOGIN = "place_du_marche", "chili_and_chess"
PACE = 4.0
"""How much an audience does, a second."""
SANCTIONS, FOLLOWS = 0.5, 4.0
"""What happens on Twitch beside the chat, a minute."""
READER = TwitchUser("9001", "vigie_demo")
BROADCASTER = TwitchUser("1001", TWITCH_LOGIN, "Chili_and_Chess")


class Studio:
    """A media server, TikTok and Twitch, at work while the block lasts."""

    def __init__(self) -> None:
        self.media = MediaServer(_script())
        self.tiktok = TikTokServer(media_url=lambda _: self.media.url("tiktok"))
        self.twitch = TwitchServer(media_url=lambda _: self.media.url("twitch.m3u8"))
        self._running = ExitStack()

    def __enter__(self) -> Self:
        for server in (self.media, self.tiktok, self.twitch):
            self._running.enter_context(server)
        self.tiktok.add(Account(TIKTOK_HANDLE, title="La place du marché, en direct"))
        self.tiktok.animate(TIKTOK_HANDLE, PACE, speaks=False)
        for user in (READER, BROADCASTER):
            self.twitch.add(user)
        self.twitch.appoint(TWITCH_LOGIN, READER.login)  # Twitch tells follows and sanctions to moderators only
        self.twitch.go_live(TWITCH_LOGIN, title="Chili, then chess", viewers=740)
        self.twitch.animate(TWITCH_LOGIN, PACE * 10)
        self._let_some(self.sanction, SANCTIONS)
        self._let_some(self.follow, FOLLOWS)
        self._running.enter_context(self._prompter())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    @property
    def vendors(self) -> Vendors:
        """Where the platforms are."""
        tiktok, twitch = self.tiktok.url().rstrip("/"), self.twitch.url().rstrip("/")
        return Vendors(
            tiktok={"app_url": tiktok, "webcast_url": f"{tiktok}/webcast", "sign_url": f"{tiktok}/sign"},
            twitch={
                "client_id": self.twitch.client_id,
                "client_secret": self.twitch.client_secret,
                "helix_url": f"{twitch}/helix",
                "id_url": f"{twitch}/oauth2",
                "eventsub_url": self.twitch.ws_url,
            },
            pages={"https://gql.twitch.tv": twitch, "https://usher.ttvnw.net": f"{twitch}/usher"},
        )

    def consent(self) -> tuple[Grant, Identity]:
        """Return what Twitch would hand out once somebody consented that chats are read."""
        allowed = scopes.scopes_for(scopes.TWITCH, scopes.OFFERED[scopes.TWITCH])
        token = self.twitch.grant(READER.user_id, allowed)
        life_s = self.twitch.settings.token_life_s
        grant = Grant(token.access, token.refresh, tuple(allowed), life_s)
        return grant, Identity(READER.user_id, READER.login, tuple(allowed), life_s)

    def sanction(self, chatter: str, said: str) -> None:
        """Let the Twitch channel's moderator silence somebody for a minute."""
        whom = {"target": chatter, "moderator": READER.login, "reason": f"« {said} »"}
        self.twitch.moderate(TWITCH_LOGIN, "timeout", duration_s=60.0, **whom)

    def follow(self, chatter: str, _said: str) -> None:
        """Let somebody follow the Twitch channel."""
        self.twitch.follow(TWITCH_LOGIN, chatter)

    def _let_some(self, act: Callable[[str, str], None], pace: float) -> None:
        """Let that happen to somebody of the crowd, `pace` times a minute on average."""
        crowd = Crowd(act, pace, rng=random.Random(1))  # noqa: S311 (a crowd)
        crowd.start()
        self._running.callback(crowd.stop)

    def _prompter(self) -> Prompter:
        """Return who captions the TikTok live, as TikTok's own recognition does."""
        recording = load_recording(PREPARED / "fr.mp4", PREPARED / "fr.vtt")
        return Prompter(
            list(recording.cues), float(recording.length), lambda: self.media.now_s("tiktok"), self._caption
        )

    def _caption(self, cue: Cue) -> None:
        length_ms = round((cue.end_s - cue.start_s) * 1000)
        self.tiktok.publish(TIKTOK_HANDLE, Caption(cue.text, duration_ms=length_ms))


def _script() -> Script:
    """Return the lives of the demo, and the same recordings once more, at other moments, for the platforms."""
    script = demo_script()
    tiktok = Live("tiktok", PREPARED / "fr.mp4", language="fr", preroll_s=85.0)
    twitch = Live("twitch", PREPARED / "en.mp4", language="en", preroll_s=100.0)
    return Script((*script.lives, tiktok, twitch), script.files)
