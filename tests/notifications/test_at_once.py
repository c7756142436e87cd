"""Several workers at the same moment, and workers that die: each receiver is told once, or again under the same id."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection, transaction

from tests.at_once import at_once
from tests.factories import NOW, make_channel, make_live, make_membership
from tests.notifications.rows import make_delivery, make_happening, make_webhook
from vigie.events import LiveResumed
from vigie.notifications import kinds, operations, receivers, tasks
from vigie.notifications.models import Delivery, Happening, Notification
from vigie.people.models import Workspace
from vigie.runtime import ledger
from vigie.runtime.models import WorkState
from vigie.simulators.webhooks import WebhookReceiver

pytestmark = pytest.mark.django_db(transaction=True)

DIES_ONCE_ANSWERED = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from vigie.adapters.webhook.client import HttpWebhooks
from vigie.notifications import tasks
from vigie.ports import Reach, WebhookSender
from vigie.runtime import registry

class Dying:
    async def send(self, url, body, headers):
        await HttpWebhooks(Reach.NETWORK).send(url, body, headers)
        os.kill(os.getpid(), signal.SIGKILL)

registry.provide(WebhookSender, Dying)
tasks.deliver_due()
"""


@pytest.fixture
def workspace() -> Workspace:
    workspace = make_membership().workspace
    make_membership(workspace=workspace)
    return workspace


def test_two_workers_tell_everybody_once(workspace: Workspace) -> None:
    for _ in range(5):
        make_happening(make_live(make_channel(workspace)), state=WorkState.PENDING)

    assert at_once(tasks.tell_due, tasks.tell_due) == ["done", "done"]

    assert Notification.objects.count() == 10
    assert set(Happening.objects.values_list("state", flat=True)) == {WorkState.DONE}


def test_an_end_is_told_or_taken_back_and_never_both(workspace: Workspace) -> None:
    live = make_live(make_channel(workspace))
    make_happening(live, kinds.LIVE_ENDED, state=WorkState.PENDING)

    at_once(tasks.tell_due, lambda: operations.withdraw_end(live.pk))

    assert Happening.objects.get().state == WorkState.SKIPPED


def test_that_a_live_goes_on_is_told_if_and_only_if_its_end_was(workspace: Workspace) -> None:
    live = make_live(make_channel(workspace))
    make_happening(live, kinds.LIVE_ENDED, state=WorkState.PENDING)
    back = LiveResumed(workspace.pk, live.pk, NOW)

    at_once(tasks.tell_due, transaction.atomic(lambda: receivers.take_back_end(back)))
    tasks.tell_due()

    told = Notification.objects.order_by("pk").values_list("happening__kind", flat=True)
    assert sorted(set(told)) in ([], ["live_ended", "live_resumed"])
    assert len(told) in {0, 4}


def test_what_a_killed_worker_had_sent_is_sent_again_under_the_same_id(
    workspace: Workspace, receiver: WebhookReceiver
) -> None:
    make_delivery(make_webhook(workspace, url=receiver.url()))
    child = subprocess.run(
        [sys.executable, "-c", DIES_ONCE_ANSWERED, connection.settings_dict["NAME"]],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "vigie.site.settings"},
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert Delivery.objects.get().state == WorkState.RUNNING

    ledger.take_back(Delivery.objects.all())  # as the next start of the program does
    tasks.deliver_due()

    first, second = receiver.received
    assert first.message_id == second.message_id
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == (WorkState.DONE, 1)
