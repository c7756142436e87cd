"""What teams have on their walls, for tests of them."""

from datetime import timedelta

from tests.factories import (
    NOW,
    make_alert,
    make_assessment,
    make_channel,
    make_live,
    make_membership,
    make_utterance,
)
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.watch.models import Channel, ChatState, Live, LiveState, Platform, Presence

AGE = timedelta(minutes=10)


def on_air(member: Membership, name: str = "", *, platform: str = Platform.TIKTOK, state: str = LiveState.OK) -> Live:
    channel = make_channel(member.workspace, name=name, platform=platform)
    return make_live(channel, started_at=clock.now() - AGE, state=state, chat_state=ChatState.OK, viewers=4128)


def say(live: Live, text: str = "Bonjour.", *, score: float = 0.0, spans: list[object] | None = None) -> None:
    said = make_assessment(make_utterance(live, text=text, start_s=590.0), score=score, spans=spans or [])
    if score >= 0.4:
        make_alert(said)


def watched(member: Membership, *, airing: str, reason: str = "", is_permanent: bool = False) -> Channel:
    channel = make_channel(member.workspace, platform=Platform.TWITCH)
    Channel.objects.filter(pk=channel.pk).update(is_watched=True)
    Presence.objects.create(
        channel=channel, airing=airing, reason=reason, is_permanent=is_permanent, since=NOW, due_at=NOW
    )
    return channel


def without(member: Membership, permission: str) -> Membership:
    """Return somebody of the team who may do what an analyst may, one thing excepted."""
    analyst = make_membership("analyst", workspace=member.workspace)
    analyst.role.permissions.remove(*analyst.role.permissions.filter(codename=permission))
    return analyst
