"""Lives with an audience, for tests of their pages."""

from datetime import timedelta

from tests.factories import make_channel, make_live
from tests.watch.audiences import Fields, heard
from vigie.events import Chatter
from vigie.people.models import Workspace
from vigie.runtime import clock
from vigie.watch.models import ChatMessage, ChatState, Live, LiveSample, Platform
from vigie.watch.operations.chat import Roll, store_chat

MINUTES = 10


def make_audience(workspace: Workspace, *, minutes: float = MINUTES, platform: str = Platform.TIKTOK) -> Live:
    """Return a live whose chat is read, that began so many minutes ago."""
    channel = make_channel(workspace, platform=platform, address="plateau", name="Plateau")
    return make_live(channel, started_at=clock.now() - timedelta(minutes=minutes), chat_state=ChatState.OK)


def write(live: Live, *texts: str, at_s: float = 0.0, by: Chatter | int = 1, **fields: object) -> list[ChatMessage]:
    """Return messages of somebody, a second apart."""
    numbered = enumerate(texts, ChatMessage.objects.count() + 1)
    did: Fields = fields  # type: ignore[assignment]
    batch = [
        heard(live, f"m{number}", by=by, at_s=at_s + place, **(did | {"text": text}))
        for place, (number, text) in enumerate(numbered)
    ]
    store_chat(batch, Roll(), live.started_at)
    return list(ChatMessage.objects.filter(live=live).order_by("-pk")[: len(texts)])[::-1]


def sample(live: Live, at_s: int, **counts: int) -> LiveSample:
    """Return what was counted in ten seconds."""
    return LiveSample.objects.create(live=live, at_s=at_s, **counts)
