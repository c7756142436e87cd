from datetime import timedelta
from itertools import pairwise

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_alert, make_assessment, make_channel, make_live, make_utterance
from vigie.events import Acted
from vigie.governance.models import AuditEntry, AuditPayload
from vigie.governance.receivers import record
from vigie.site import histories
from vigie.site.histories import Alarms
from vigie.watch.models import Channel, Live, LiveState

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def alarmed(live: Live, *states: str) -> Live:
    for state in states:
        make_alert(make_assessment(make_utterance(live)), state=state)
    return live


def test_alarms_of_counts_what_was_raised_and_decided_in_each_live() -> None:
    first = alarmed(make_live(), "pending", "dismissed", "action_taken")
    second, third = alarmed(make_live(), "pending"), make_live()

    found = histories.alarms_of([first.pk, second.pk, third.pk])

    assert found == {first.pk: Alarms(3, 2), second.pk: Alarms(1, 0), third.pk: Alarms()}
    assert histories.total(found.values()) == Alarms(4, 2)
    assert histories.total([]) == Alarms()


def test_pasts_keep_their_order_and_know_attempts() -> None:
    attempt = make_live(state=LiveState.FAILED, ended_at=NOW)
    real = make_live(state=LiveState.ENDED, ended_at=NOW + HOUR)

    found = histories.pasts_of([real, attempt], with_alerts=True)

    assert [(past.live, past.is_attempt, past.alarms) for past in found] == [
        (real, False, Alarms()),
        (attempt, True, Alarms()),
    ]
    assert [past.aired.live_id for past in found] == [real.pk, attempt.pk]


@pytest.mark.parametrize(("with_alerts", "queries"), [(True, 2), (False, 1)])
@pytest.mark.parametrize("lives", [1, 3])
def test_pasts_ask_as_much_for_one_live_as_for_three(
    django_assert_num_queries: DjangoAssertNumQueries, lives: int, queries: int, *, with_alerts: bool
) -> None:
    shown = [alarmed(make_live(ended_at=NOW), "pending") for _ in range(lives)]

    with django_assert_num_queries(queries):
        found = histories.pasts_of(shown, with_alerts=with_alerts)

    assert [past.alarms for past in found] == [Alarms(1, 0) if with_alerts else None] * lives


# ── former names ──


def rename(channel: Channel, *names: str) -> None:
    for former, new in pairwise(names):
        payload = {"from": former, "to": new}
        record(Acted(channel.workspace_id, None, "channel.renamed", "channel", str(channel.pk), payload))


def test_former_handles_are_told_the_last_one_first() -> None:
    channel, other = make_channel(platform="tiktok"), make_channel(platform="tiktok")
    rename(channel, "a", "b", "a", "c")
    rename(other, "x", "y")

    assert histories.former_handles(channel) == ["a", "b"]


def test_former_handles_that_were_erased_are_gone() -> None:
    channel = make_channel(platform="tiktok")
    rename(channel, "a", "b")
    [entry] = AuditEntry.objects.all()
    record(Acted(channel.workspace_id, None, "audit.erased", "audit_entry", str(entry.position), {}))
    AuditPayload.objects.filter(entry=entry).delete()

    assert histories.former_handles(channel) == []
