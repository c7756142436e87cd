"""Webhooks of a workspace: set up by those who may, switched off by Vigie where nobody listens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes, token_hex

from django.db import transaction
from django.utils.translation import gettext_noop

from vigie.errors import VigieError
from vigie.events import Acted
from vigie.notifications import kinds, payload, queries, signing
from vigie.notifications.models import Delivery, Webhook, place_of
from vigie.notifications.operations.happenings import DELIVER, Fact, note
from vigie.people.models import Membership
from vigie.rules.actions import Fired
from vigie.runtime import bus, engine
from vigie.runtime.models import WorkState
from vigie.runtime.sealing import seal

MOST = 20
"""Webhooks of a workspace."""
BOTH_VALID = timedelta(hours=24)
"""How long a replaced secret signs beside the new one."""
SWITCHED_OFF = gettext_noop("the webhook was switched off")


class TooManyWebhooks(VigieError):
    """A workspace has 20 webhooks at most. Remove one first."""


class WebhookIsOff(VigieError):
    """The webhook is switched off."""


@dataclass(frozen=True, slots=True)
class Target:
    """Who is told what; validated by `forms`."""

    url: str
    kinds: Collection[str]
    is_active: bool = True


@transaction.atomic
def add_webhook(target: Target, *, actor: Membership, now: datetime) -> tuple[Webhook, str]:
    """Return a new webhook and its secret, which nobody is shown again. Raises TooManyWebhooks."""
    if queries.webhooks_for(actor).count() >= MOST:
        raise TooManyWebhooks
    secret = signing.secret_of(token_bytes(signing.KEY_BYTES))
    webhook = Webhook.objects.create(
        workspace=actor.workspace,
        url=target.url,
        kinds=sorted(target.kinds),
        sealed_secret=seal(secret),
        is_active=target.is_active,
        added_by=actor.user,
        added_at=now,
    )
    _account(webhook, actor, "webhook.added", place=webhook.place, kinds=webhook.kinds)
    return webhook, secret


@transaction.atomic
def change_webhook(webhook: Webhook, target: Target, *, actor: Membership) -> None:
    """Let a webhook be told other things, elsewhere, or nothing for now. Switched on, it starts with a clean sheet."""
    new = {"url": target.url, "kinds": sorted(target.kinds), "is_active": target.is_active}
    changes = {name: [getattr(webhook, name), value] for name, value in new.items() if value != getattr(webhook, name)}
    if not changes:
        return
    if target.is_active and "is_active" in changes:
        new |= {"off_reason": "", "failing_since": None}
    _change(webhook, **new)
    if not webhook.is_active:
        _forget_waiting(webhook)
    if "url" in changes:
        changes["place"] = [place_of(str(url)) for url in changes.pop("url")]
    _account(webhook, actor, "webhook.changed", **changes)


@transaction.atomic
def rotate_secret(webhook: Webhook, *, actor: Membership, now: datetime) -> str:
    """Return a new secret of a webhook, which nobody is shown again; the former one signs along for a day."""
    secret = signing.secret_of(token_bytes(signing.KEY_BYTES))
    former = {"former_secret": webhook.sealed_secret, "former_until": now + BOTH_VALID}
    _change(webhook, sealed_secret=seal(secret), **former)
    _account(webhook, actor, "webhook.rotated")
    return secret


@transaction.atomic
def remove_webhook(webhook: Webhook, *, actor: Membership) -> None:
    """Forget a webhook, and what it was sent."""
    _account(webhook, actor, "webhook.removed", place=webhook.place)
    webhook.delete()


@transaction.atomic
def try_out(webhook: Webhook, *, actor: Membership, now: datetime) -> Delivery:
    """Return a delivery that says nothing but that somebody tries the webhook, switched off or not."""
    data = {"workspace": actor.workspace.slug, "webhook": webhook.pk}
    delivery = Delivery.objects.create(
        webhook=webhook,
        message_id=f"msg_{token_hex(16)}",
        type=kinds.TEST,
        body=payload.written(payload.Body(kinds.TEST, now, data)),
        created_at=now,
    )
    _account(webhook, actor, "webhook.tried", delivery=delivery.pk)
    engine.wake(DELIVER)
    return delivery


@transaction.atomic
def tell_of_rule(webhook: Webhook, fired: Fired, *, now: datetime) -> Delivery:
    """Return the delivery that tells a webhook of a rule that acts. Raises WebhookIsOff."""
    if not webhook.is_active:
        raise WebhookIsOff(f"Webhook {webhook.pk} ({webhook.place}) is switched off.")
    delivery = Delivery.objects.create(
        webhook=webhook,
        message_id=f"msg_{token_hex(16)}",
        type=kinds.OF_RULES,
        body=queries.body_of_rule(fired),
        created_at=now,
    )
    engine.wake(DELIVER)
    return delivery


@transaction.atomic
def redeliver(delivery: Delivery, *, actor: Membership) -> bool:
    """Send a delivery that is over once more, under the same id; return False where it is still under way."""
    over = Delivery.objects.filter(pk=delivery.pk).exclude(state__in=[WorkState.PENDING, WorkState.RUNNING])
    if not over.update(state=WorkState.PENDING, not_before=None, attempts=0, tries=0, reason=""):
        return False
    _account(delivery.webhook, actor, "webhook.redelivered", delivery=delivery.pk)
    engine.wake(DELIVER)
    return True


@transaction.atomic
def switch_off(webhook: Webhook, reason: str, *, now: datetime) -> None:
    """Send a webhook nothing more, and tell those who look after it why."""
    _change(webhook, is_active=False, off_reason=reason)
    _forget_waiting(webhook)
    _account(webhook, None, "webhook.switched_off", reason=reason)
    note(Fact(kinds.WEBHOOK_OFF, webhook.workspace_id, webhook.pk, now, detail=webhook.place))


def _forget_waiting(webhook: Webhook) -> None:
    waiting = webhook.deliveries.filter(state=WorkState.PENDING)
    waiting.update(state=WorkState.SKIPPED, reason=SWITCHED_OFF, claimed_until=None)


def _change(webhook: Webhook, **values: object) -> None:
    for name, value in values.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(values))


def _account(webhook: Webhook, actor: Membership | None, verb: str, **payload: object) -> None:
    actor_id = actor.user_id if actor else None
    bus.publish(Acted(webhook.workspace_id, actor_id, verb, "webhook", str(webhook.pk), payload))
