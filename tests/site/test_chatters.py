import json

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from tests.factories import make_membership, make_workspace
from tests.site.audiences import make_audience, write
from vigie.governance.models import AuditEntry
from vigie.people import presets
from vigie.people.models import Membership, Preset
from vigie.watch.models import ChatMessage, Chatter, Live

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe"


@pytest.fixture
def member(client: Client) -> Membership:
    """A supervisor, signed in."""
    membership = make_membership("supervisor")
    client.force_login(membership.user)
    return membership


@pytest.fixture
def live(member: Membership) -> Live:
    return make_audience(member.workspace)


@pytest.fixture
def public(client: Client) -> Membership:
    """A supervisor of a public body that reads chats, signed in: its chatters are pseudonyms."""
    workspace = make_workspace(preset=Preset.PUBLIC_BODY)
    workspace.modules = [*workspace.modules, presets.CHAT]
    workspace.save()
    membership = make_membership("supervisor", workspace=workspace)
    client.force_login(membership.user)
    return membership


def address(name: str, member: Membership, pk: int, query: str = "") -> str:
    return reverse(name, kwargs={"workspace": member.workspace.slug, "pk": pk}) + query


def read(client: Client, name: str, member: Membership, live: Live, query: str = "") -> str:
    return client.get(address(name, member, live.pk, query)).content.decode()


def body_of(answer: object) -> str:
    assert isinstance(answer, StreamingHttpResponse)
    return b"".join(answer).decode()


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_name_opens_what_somebody_wrote(client: Client, member: Membership, live: Live) -> None:
    write(live, "un", "deux")
    write(live, "of somebody else", by=2)
    write(make_audience(member.workspace, platform="twitch"), "elsewhere", by=3)
    chatter = ChatMessage.objects.get(text="un").chatter

    page = client.get(address("chatter", member, chatter.pk, f"?live={live.pk}")).content.decode()

    assert "2 messages" in page
    assert page.index("un</bdi>") < page.index("deux</bdi>")
    assert "of somebody else" not in page
    assert "Reveal the identity" not in page  # it is in the open
    assert verbs() == ["chat.read"]


@pytest.mark.parametrize("query", ["", "?live=x", "?live=999999"])
def test_a_name_without_its_live_tells_how_much_alone(
    client: Client, member: Membership, live: Live, query: str
) -> None:
    [message] = write(live, "un")

    page = client.get(address("chatter", member, message.chatter_id, query))

    assert page.status_code == 200
    assert "un</bdi>" not in page.content.decode()


def test_names_of_other_teams_are_not_found(client: Client, member: Membership) -> None:
    [message] = write(make_audience(make_workspace()), "un")

    assert client.get(address("chatter", member, message.chatter_id)).status_code == 404


def test_an_identity_is_revealed_once_for_a_reason(client: Client, public: Membership) -> None:
    [message] = write(make_audience(public.workspace), "menace")
    where = address("chatter-reveal", public, message.chatter_id)

    refused = client.post(where, {"reason": "  "})
    answer = client.post(where, {"reason": "threat, case 12"})

    assert refused.status_code == 400
    assert "Say why" in refused.content.decode()
    assert "viewer1" in answer.content.decode()
    assert "1001" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "viewer1" not in client.get(address("chatter", public, message.chatter_id)).content.decode()
    entry = AuditEntry.objects.get(verb="chatter.revealed")
    assert (entry.actor_id, entry.object_id) == (public.user_id, str(message.chatter_id))
    assert json.loads(entry.payload.body) == {"reason": "threat, case 12", "pseudonym": message.chatter.pseudonym}


def test_a_moderator_reveals_and_erases_nobody(client: Client, public: Membership) -> None:
    [message] = write(make_audience(public.workspace), "menace")
    client.force_login(make_membership("moderator", workspace=public.workspace).user)

    page = client.get(address("chatter", public, message.chatter_id)).content.decode()

    assert "Reveal the identity" not in page
    assert "Erase" not in page
    for name in ("chatter-reveal", "chatter-erase"):
        assert client.post(address(name, public, message.chatter_id), {"reason": "x"}).status_code == 403


def test_what_cannot_be_opened_says_so(client: Client, public: Membership) -> None:
    [message] = write(make_audience(public.workspace), "menace")
    Chatter.objects.update(sealed="damaged")

    answer = client.post(address("chatter-reveal", public, message.chatter_id), {"reason": "x"})

    assert answer.status_code == 400
    assert "the secret key was changed since" in answer.content.decode()
    assert verbs() == []


@pytest.mark.parametrize("form", [{}, {"reason": "asked to"}, {"is_meant": "on"}, {"reason": " ", "is_meant": "on"}])
def test_nobody_is_erased_by_half(client: Client, member: Membership, live: Live, form: dict[str, str]) -> None:
    [message] = write(live, "un")

    assert client.post(address("chatter-erase", member, message.chatter_id), form).status_code == 400
    assert ChatMessage.objects.exists()


def test_an_erasure_takes_away_all_that_somebody_wrote(client: Client, member: Membership, live: Live) -> None:
    [first, *_] = write(live, "un", "deux")
    write(live, "of somebody else", by=2)
    told = {"reason": "asked to", "messages": 2, "pseudonym": first.chatter.pseudonym}

    answer = client.post(address("chatter-erase", member, first.chatter_id), {"reason": "asked to", "is_meant": "on"})

    assert "2 messages were removed." in answer.content.decode()
    assert list(ChatMessage.objects.values_list("text", flat=True)) == ["of somebody else"]
    entry = AuditEntry.objects.get()
    assert entry.verb == "chatter.erased"
    assert (entry.object_id, json.loads(entry.payload.body)) == (str(first.chatter_id), told)
