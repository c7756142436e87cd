import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_membership, make_user
from vigie.events import Acted
from vigie.governance import operations, queries
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Membership:
    """An auditor, signed in."""
    membership = make_membership("auditor", user=make_user("olga"))
    client.force_login(membership.user)
    return membership


def page(auditor: Membership, name: str = "audit") -> str:
    return reverse(name, kwargs={"workspace": auditor.workspace.slug})


def act(auditor: Membership, verb: str = "person.invited", actor: int | None = None) -> AuditEntry:
    return operations.append(Acted(auditor.workspace_id, actor, verb, "invitation", "12", {"role": "analyst"}), NOW)


def test_acts_are_shown_in_words_with_their_content(auditor: Membership, client: Client) -> None:
    act(auditor, actor=auditor.user_id)

    shown = client.get(page(auditor)).content.decode()

    assert "<b>olga</b> invited someone" in shown
    assert "invitation 12" in shown
    assert "{&quot;role&quot;:&quot;analyst&quot;}" in shown


def test_vigie_removed_accounts_and_erased_contents_are_told(auditor: Membership, client: Client) -> None:
    act(auditor)
    operations.erase_payload(act(auditor, actor=999_999), operations.Erasure("request 4", "Grace Hopper"))
    operations.erase_payload(AuditEntry.objects.get(position=1), operations.Erasure("request 4", "Grace Hopper"))

    shown = client.get(page(auditor)).content.decode()

    assert "<b>Vigie</b>" in shown
    assert "<b>#999999</b>" in shown
    assert shown.count("erased\n") == 2
    assert "analyst" not in shown


def test_reading_the_log_is_an_entry_of_it(auditor: Membership, client: Client) -> None:
    client.get(page(auditor), {"person": "ada", "number": "12"})

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id) == ("audit.read", auditor.user_id)
    assert json.loads(entry.payload.body) == {"person": "ada", "number": "12"}


def test_a_search_keeps_its_words_on_the_next_page(auditor: Membership, client: Client) -> None:
    for _ in range(queries.PAGE + 1):
        act(auditor)

    first = client.get(page(auditor), {"kind": "invitation"}).content.decode()
    older = f"{page(auditor)}?kind=invitation&amp;below=2"
    assert older in first

    second = client.get(older.replace("&amp;", "&")).content.decode()
    assert second.count("<summary>") == 1
    assert "Older entries" not in second


@pytest.mark.parametrize("below", ["", "x", "-1", "9" * 30, "²"])
def test_a_page_that_makes_no_sense_is_the_first(below: str, auditor: Membership, client: Client) -> None:
    act(auditor)

    assert client.get(page(auditor), {"below": below}).content.decode().count("<summary>") == 1


def test_nothing_found_is_told(auditor: Membership, client: Client) -> None:
    assert "Nothing was done here yet." in client.get(page(auditor)).content.decode()
    assert "Nothing of that kind was done." in client.get(page(auditor), {"person": "zz"}).content.decode()


def test_an_intact_log_is_told(auditor: Membership, client: Client) -> None:
    act(auditor)
    operations.erase_payload(act(auditor), operations.Erasure("request 4", "Grace Hopper"))

    shown = " ".join(client.post(page(auditor, "audit-verify")).content.decode().split())

    assert "The log is intact." in shown
    assert "3 entries were verified. The content of 1 was erased." in shown
    assert AuditEntry.objects.filter(verb="audit.verified").count() == 1


def test_a_log_without_entries_is_intact(auditor: Membership, client: Client) -> None:
    assert "The log is intact." in client.post(page(auditor, "audit-verify")).content.decode()


def test_a_broken_log_is_told_with_the_place(auditor: Membership, client: Client) -> None:
    act(auditor)
    act(auditor)
    with connection.cursor() as cursor:
        table = " ON governance_auditentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER audit_entry_update{table}")
    AuditEntry.objects.filter(position=2).update(object_id="13")

    shown = " ".join(client.post(page(auditor, "audit-verify")).content.decode().split())

    assert "The log was tampered with." in shown
    assert "Position 2: this entry was edited." in shown


def test_the_log_costs_the_same_for_one_entry_and_for_three(
    auditor: Membership, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    act(auditor, actor=auditor.user_id)
    client.get(page(auditor))
    with django_assert_max_num_queries(20) as few:
        client.get(page(auditor))
    for _ in range(3):
        act(auditor, actor=make_user().pk)

    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(page(auditor))
