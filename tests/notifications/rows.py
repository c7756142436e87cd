"""Rows of this area for tests, and what several tests say in the same words."""

from typing import Any, Unpack

from django.urls import reverse
from typing_extensions import TypedDict

from tests.factories import NOW, make_channel, make_live, make_membership
from vigie.notifications import kinds
from vigie.notifications.models import Delivery, Happening, Mail, Notification, Preference, Webhook
from vigie.people.models import Membership, Role, Workspace
from vigie.runtime.models import WorkState
from vigie.runtime.sealing import seal
from vigie.watch.models import Live

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def make_happening(
    of: Live | None = None, kind: str = kinds.LIVE_STARTED, *, state: str = WorkState.DONE, **fields: Any
) -> Happening:
    """Return something that happened in a live: it began, unless told otherwise."""
    live = of or make_live()
    given = {"subject_id": live.pk, "at": live.started_at, "workspace": live.channel.workspace, "live": live}
    return Happening.objects.create(kind=kind, state=state, **{**given, **fields})


def make_notice(member: Membership, happening: Happening | None = None, **fields: Any) -> Notification:
    happening = happening or make_happening(make_live(make_channel(member.workspace)))
    return Notification.objects.create(member=member, happening=happening, **fields)


def make_mail(member: Membership, happening: Happening | None = None, **fields: Any) -> Mail:
    happening = happening or make_happening(make_live(make_channel(member.workspace)))
    return Mail.objects.create(member=member, happening=happening, **fields)


class WebhookFields(TypedDict, total=False):
    url: str
    kinds: list[str]
    is_active: bool
    off_reason: str
    failing_since: object
    last_status: int


def make_webhook(workspace: Workspace, *, secret: str = SECRET, **fields: Unpack[WebhookFields]) -> Webhook:
    given: WebhookFields = {"url": "https://hooks.example.org/vigie", "kinds": kinds.FOR_WEBHOOKS}
    return Webhook.objects.create(workspace=workspace, sealed_secret=seal(secret), added_at=NOW, **{**given, **fields})


def make_delivery(webhook: Webhook, **fields: Any) -> Delivery:
    given = {"type": kinds.TEST, "body": '{"type":"test"}', "created_at": NOW}
    return Delivery.objects.create(webhook=webhook, message_id=f"msg_{Delivery.objects.count()}", **{**given, **fields})


def make_administrator(workspace: Workspace | None = None) -> Membership:
    return make_membership(Role.ADMINISTRATOR, workspace=workspace)


def wants(member: Membership, **fields: Any) -> Preference:
    """Let a member ask for something."""
    return Preference.objects.create(member=member, **fields)


def at(name: str, member: Membership, *args: object) -> str:
    """Return the address of a page of the member's workspace."""
    return reverse(name, args=[member.workspace.slug, *args])


def text_of(response: Any) -> str:
    text: str = response.content.decode()
    return text
