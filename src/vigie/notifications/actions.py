"""The actions of rules that tell somebody: `notify` the members of the team, `webhook` a program."""

from django.db.models import QuerySet
from pydantic import Field

from vigie.errors import VigieError
from vigie.notifications import kinds, operations
from vigie.notifications.models import Webhook, place_of
from vigie.notifications.operations import Fact
from vigie.rules.actions import Fired
from vigie.rules.conditions import Value
from vigie.runtime import clock
from vigie.runtime.texts import one_line


class NoSuchWebhook(VigieError):
    """This workspace has no such webhook."""


class NotifyOptions(Value):
    """What people are told."""

    text: str = Field("", max_length=200)
    """Empty: the name of the rule."""


class WebhookOptions(Value):
    """Which webhook of the workspace is told."""

    webhook: int | str
    """Its number, its address, or where that is: `https://hooks.example.org`."""


def notify(fired: Fired, options: NotifyOptions) -> None:
    """Tell the members of the team, each as they want to be told, that a rule acts."""
    firing = fired.firing
    words = one_line(options.text) or fired.rule.name
    workspace_id = firing.live.channel.workspace_id
    operations.note(Fact(kinds.RULE_ACTED, workspace_id, firing.pk, firing.at, firing.live_id, detail=words))


def call_webhook(fired: Fired, options: WebhookOptions) -> None:
    """Tell a webhook that a rule acts. Raises NoSuchWebhook, WebhookIsOff."""
    ours = Webhook.objects.filter(workspace=fired.firing.live.channel.workspace_id)
    operations.tell_of_rule(_meant(ours, str(options.webhook).strip()), fired, now=clock.now())


def _meant(ours: QuerySet[Webhook], named: str) -> Webhook:
    if named.isdecimal():
        found = list(ours.filter(pk=int(named[:18])))
    else:
        found = [webhook for webhook in ours if named.rstrip("/") in {webhook.url.rstrip("/"), place_of(webhook.url)}]
    if not found:
        raise NoSuchWebhook
    if len(found) > 1:
        raise NoSuchWebhook(f"{len(found)} webhooks are at that place: name one of them by its number.")
    return found[0]
