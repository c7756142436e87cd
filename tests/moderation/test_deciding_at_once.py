"""Two moderators decide the same alert at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from tests.factories import make_membership
from tests.moderation.alerts import address
from vigie.moderation.models import Alert, Decision
from vigie.people.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_S = 20


def decision_by(member: Membership, alert: Alert, state: str) -> Callable[[], int]:
    """Return what posts a decision, made on the version that everyone sees; it answers with the status."""
    client = Client()
    client.force_login(member.user)

    def post() -> int:
        try:
            return client.post(address("alert-decide", alert), {"state": state, "version": "1"}).status_code
        finally:
            connections.close_all()

    return post


def wait_for_waiting(number: int) -> None:
    """Return once that many connections wait for a lock. SQLite lets them wait before their transaction begins."""
    until = monotonic() + DEADLINE_S
    waiting = 0
    while connection.vendor == "postgresql" and waiting < number:
        assert monotonic() < until, f"{waiting} wait for the alert"
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            [waiting] = cursor.fetchone()


def test_exactly_one_wins_and_the_other_is_told(alert: Alert, member: Membership) -> None:
    other = make_membership(workspace=alert.workspace)
    posts = [decision_by(member, alert, "dismissed"), decision_by(other, alert, "action_taken")]

    with ThreadPoolExecutor(2) as people:
        with transaction.atomic():
            Alert.objects.select_for_update().get(pk=alert.pk)
            answers = [people.submit(post) for post in posts]
            wait_for_waiting(2)
        statuses = [answer.result(DEADLINE_S) for answer in answers]

    assert sorted(statuses) == [302, 409]
    [decision] = Decision.objects.all()
    alert.refresh_from_db()
    assert (alert.state, alert.version, alert.decision) == (decision.state, 2, decision)
    assert decision.decided_by == (member if statuses[0] == 302 else other).user
