"""What an audience does, for tests: activities, and what the writer of chats is handed."""

from datetime import datetime, timedelta
from typing import Unpack

from typing_extensions import TypedDict

from tests.factories import NOW
from vigie.events import ActivityKind, ActivityReceived, Badge, Chatter
from vigie.watch.chatters import Audience
from vigie.watch.models import Live
from vigie.watch.operations.chat import Heard


class Fields(TypedDict, total=False):
    kind: ActivityKind
    text: str
    count: int
    value: int
    is_history: bool


def somebody(number: int = 1, *badges: Badge) -> Chatter:
    """Return the person with this number."""
    return Chatter(str(1000 + number), f"viewer{number}", f"Viewer {number}", frozenset(badges))


def activity(
    message_id: str, *, by: Chatter | int = 1, at: datetime = NOW, **fields: Unpack[Fields]
) -> ActivityReceived:
    """Return something somebody did: by default they wrote `hello`."""
    who = somebody(by) if isinstance(by, int) else by
    given: Fields = {"kind": ActivityKind.MESSAGE, "text": "hello"}
    given.update(fields)
    return ActivityReceived(message_id=message_id, at=at, chatter=who, **given)


def heard(live: Live, message_id: str, *, by: Chatter | int = 1, at_s: float = 0.0, **fields: Unpack[Fields]) -> Heard:
    """Return the same, as the writer is handed it, `at_s` seconds after the live began."""
    audience = Audience(live.channel.workspace_id, live.channel.platform)
    did = activity(message_id, by=by, at=live.started_at + timedelta(seconds=at_s), **fields)
    return Heard(live.pk, max(0.0, at_s), audience, did)
