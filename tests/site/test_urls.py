"""Addresses that nobody would make by hand: a page answers them like any other, whatever is asked for."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_alert, make_assessment, make_membership, make_utterance
from tests.site.audiences import make_audience, write
from tests.site.walls import without
from vigie.governance.models import AuditEntry
from vigie.moderation.models import Alert
from vigie.people.models import Membership
from vigie.site.context import SETUP, WORK
from vigie.watch.models import Channel, ChatMessage, Live

pytestmark = pytest.mark.django_db

ASKED = (
    *("after", "at", "before", "below", "channel", "days", "first_on", "from", "heard", "kind", "language", "last_on"),
    *("live", "marked", "number", "page", "person", "platform", "q", "scale", "since", "state", "to", "until"),
    *("verb", "view", "words"),
)
"""What the pages of a workspace look at in an address."""
OF_A_LIVE = (
    *("live", "live-head", "live-words", "live-facts", "live-lanes", "live-table", "live-chat", "live-alerts"),
    *("chat-search", "transcript"),
)


@pytest.fixture
def live(client: Client, reader: Membership) -> Live:
    """A live of the reader's team in which something was said, written and raised."""
    live = make_audience(reader.workspace)
    write(live, "Salut")
    make_alert(make_assessment(make_utterance(live, text="Dehors."), score=0.9))
    return live


@pytest.fixture
def reader(client: Client) -> Membership:
    """Who may look at every page, signed in."""
    membership = make_membership("administrator")
    client.force_login(membership.user)
    return membership


def pages_of(live: Live) -> list[str]:
    slug = live.channel.workspace.slug
    plain = ("wall", "wall-tiles", "lives", "lives-on-air", "alerts", "alert-news", "channels", "policy", "audit")
    return [
        *(reverse(name, args=[slug]) for name in (*plain, "notices")),
        *(reverse(name, args=[slug, live.pk]) for name in OF_A_LIVE),
        reverse("channel", args=[slug, Channel.objects.get().pk]),
        reverse("alert", args=[slug, Alert.objects.get().pk]),
        reverse("chatter", args=[slug, ChatMessage.objects.get().chatter_id]),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        *("\0", "\ud7ff\uffff", "' OR 1=1 --", "%", "[", "²", "٣", "-1", "0", "1e400", "nan", "9" * 18, "9" * 5000),
        *("0001-01-01", "9999-12-31", "2026-02-30"),
    ],
)
def test_what_makes_no_sense_in_an_address_breaks_no_page(client: Client, live: Live, odd: str) -> None:
    asked = dict.fromkeys(ASKED, odd)

    answers = {page: client.get(page, asked).status_code for page in pages_of(live)}

    assert {page: status for page, status in answers.items() if status != 200} == {}


def test_every_place_the_rail_leads_to_is_there(client: Client, reader: Membership) -> None:
    rail = client.get(reverse("wall", args=[reader.workspace.slug])).context["rail"]

    entries = [*rail.work, *rail.setup]

    assert [entry.name for entry in entries] == [room.name for room in (*WORK, *SETUP)]
    assert {client.get(entry.address).status_code for entry in entries} == {200}


def test_who_may_neither_read_nor_see_alerts_is_shown_how_a_live_does_alone(client: Client, live: Live) -> None:
    analyst = without(Membership.objects.get(), "read_transcripts")
    analyst.role.permissions.remove(*analyst.role.permissions.filter(codename__in=["see_alerts", "read_chat"]))
    client.force_login(analyst.user)

    page = client.get(reverse("live", args=[analyst.workspace.slug, live.pk]))

    assert page.status_code == 200
    assert not [secret for secret in ("Dehors.", "Salut") if secret in page.content.decode()]
    assert not AuditEntry.objects.exists()
