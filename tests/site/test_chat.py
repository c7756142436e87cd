import csv
import json
from collections.abc import Callable
from io import StringIO

import pytest
from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.client import AsyncClient
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_live, make_membership, make_workspace
from tests.site.audiences import make_audience, write
from tests.watch.audiences import somebody
from vigie.events import ActivityKind, Badge, MessagesRemoved
from vigie.events import Chatter as Seen
from vigie.governance.models import AuditEntry
from vigie.people import presets
from vigie.people.models import Membership, Preset
from vigie.watch.models import Chatter, Gap, Live, Track
from vigie.watch.operations.chat import mark_removed

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


# ── the panel ──


def test_the_page_of_a_live_shows_its_chat(client: Client, member: Membership, live: Live) -> None:
    write(live, "bonjour", by=somebody(1, Badge.MODERATOR, Badge.SUBSCRIBER, Badge.FOLLOWER))

    page = read(client, "live", member, live)

    assert f'data-topic="chat:{live.pk}"' in page
    assert "Viewer 1" in page
    assert "bonjour" in page
    assert ">mod<" in page
    assert ">subscriber<" in page
    assert "follower" not in page.split('id="chat-lines"')[1].split("</ol>")[0]
    assert verbs() == ["transcript.read", "chat.read"]


def test_the_panel_is_not_there_for_who_may_not_read_chats(client: Client, member: Membership, live: Live) -> None:
    write(live, "bonjour")
    without = make_membership("analyst", workspace=member.workspace)
    without.role.permissions.remove(*without.role.permissions.filter(codename="read_chat"))
    client.force_login(without.user)

    page = read(client, "live", member, live)

    assert "bonjour" not in page
    assert "chat-lines" not in page
    assert "chat.read" not in verbs()


def test_the_panel_is_not_there_where_a_team_reads_no_chats(client: Client, member: Membership, live: Live) -> None:
    write(live, "bonjour")
    member.workspace.modules = ["moderation"]
    member.workspace.save()

    assert "chat-lines" not in read(client, "live", member, live)
    assert client.get(address("live-chat", member, live.pk)).status_code == 403


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda live: write(live, "Rose", kind=ActivityKind.GIFT, count=5, value=500),
            "gives Rose \N{MULTIPLICATION SIGN} 5 · 500 coins",
        ),
        (lambda live: write(live, "Rose", kind=ActivityKind.GIFT, value=1), "gives Rose · 1 coin"),
        (lambda live: write(live, "six mois", kind=ActivityKind.SUBSCRIPTION), "subscribes six mois"),
        (lambda live: write(live, "", kind=ActivityKind.SUBSCRIPTION), "subscribes"),
        (
            lambda live: write(live, "sub", kind=ActivityKind.GIFT, count=5),
            "gives sub \N{MULTIPLICATION SIGN} 5",
        ),
        (lambda live: write(live, "", kind=ActivityKind.RAID, count=120), "brings 120 viewers"),
        (lambda live: write(live, "", kind=ActivityKind.SHARE), "shares the live"),
    ],
)
def test_acts_are_lines(
    client: Client, member: Membership, live: Live, act: Callable[[Live], object], words: str
) -> None:
    act(live)

    page = read(client, "live-chat", member, live)

    assert words in " ".join(strip_tags(page).split())
    assert "is-act" in page


def test_what_the_platform_removed_is_struck_through_and_kept(client: Client, member: Membership, live: Live) -> None:
    write(live, "insulte")
    mark_removed(live, MessagesRemoved(timezone.now(), message_id="m1"))

    page = read(client, "live-chat", member, live)

    assert "<s><bdi>insulte</bdi></s>" in page
    assert "removed by the platform" in page


def test_what_the_platform_replayed_says_so(client: Client, member: Membership, live: Live) -> None:
    write(live, "avant", is_history=True)
    write(live, "après")

    before, after = read(client, "live-chat", member, live).split("après</bdi>")[0].split("avant</bdi>")

    assert ">replayed<" in before
    assert 'title="From before Vigie listened' in before
    assert "replayed" not in after


def test_hostile_names_and_texts_are_escaped_and_isolated(client: Client, member: Membership, live: Live) -> None:
    write(live, HOSTILE, by=Seen("1", "x", HOSTILE))

    for page in (
        read(client, "live-chat", member, live),
        read(client, "chat-search", member, live, "?q=alert"),
        read(client, "live-stretch", member, live, "?from=0&to=9"),
        client.get(address("chatter", member, Chatter.objects.get().pk, f"?live={live.pk}")).content.decode(),
    ):
        assert "<script>" not in page
        assert "<bdi>&lt;script&gt;" in page


def test_what_was_not_received_is_a_line(client: Client, member: Membership, live: Live) -> None:
    write(live, "before", at_s=1)
    write(live, "after", at_s=30)
    Gap.objects.create(live=live, track=Track.CHAT, from_s=10, to_s=22, cause="the chat broke")
    Gap.objects.create(live=live, track=Track.MEDIA, from_s=10, to_s=23, cause="x")

    page = read(client, "live-chat", member, live)

    assert page.index("before") < page.index("Gap, 12 s. The chat was not read.") < page.index("after")
    assert page.count("Gap,") == 1


def test_the_words_of_a_live_hold_no_gap_of_its_chat(client: Client, member: Membership, live: Live) -> None:
    Gap.objects.create(live=live, track=Track.CHAT, from_s=10, to_s=22, cause="the chat broke")

    assert "Gap," not in read(client, "live-words", member, live)
    assert "gap" not in read(client, "live-head", member, live)


def test_history_is_read_page_by_page_and_back(client: Client, member: Membership, live: Live) -> None:
    said = write(live, *(f"word{number:03}" for number in range(250)))

    tail = read(client, "live-chat", member, live)
    earlier = read(client, "live-chat", member, live, f"?before={said[50].pk}")
    later = read(client, "live-chat", member, live, f"?after={said[49].pk}")
    around = read(client, "live-chat", member, live, "?at=125")

    assert "word049" not in tail
    assert f'data-before="{said[50].pk}"' in tail
    assert "word249" in tail
    assert "word049" in earlier
    assert "word050" not in earlier
    assert "data-before" not in earlier
    assert "word050" in later
    assert "word049" not in later
    assert "data-after" not in later
    assert f'data-before="{said[25].pk}"' in around
    assert f'data-after="{said[224].pk}"' in around


@pytest.mark.parametrize("query", ["?before=x", "?after=-1", "?before=999999", "?at=nan", "?before=" + "9" * 50])
def test_nonsense_is_the_end(client: Client, member: Membership, live: Live, query: str) -> None:
    write(live, "bonjour")

    assert "bonjour" in read(client, "live-chat", member, live, query)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_chat_asks_as_much_for_one_line_as_for_three(
    client: Client, member: Membership, live: Live, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        write(live, "bonjour", by=number)
    read(client, "live-chat", member, live)  # the first act of a workspace begins its audit chain

    with django_assert_num_queries(7):
        read(client, "live-chat", member, live)


def test_messages_of_another_live_are_no_place_to_begin(client: Client, member: Membership, live: Live) -> None:
    [elsewhere] = write(make_audience(make_workspace(), platform="twitch"), "elsewhere")
    write(live, "bonjour")

    assert "elsewhere" not in read(client, "live-chat", member, live, f"?after={elsewhere.pk}")


# ── search ──


def test_search_finds_words_without_their_accents_and_marks_them(
    client: Client, member: Membership, live: Live
) -> None:
    write(live, "Où est le fromagé ?", "rien")

    page = read(client, "chat-search", member, live, "?q=ou fromage")

    assert '<mark class="low">Où</mark>' in page
    assert '<mark class="low">fromagé</mark>' in page
    assert "1 message found" in page
    assert "rien" not in page


@pytest.mark.parametrize(("query", "said"), [("", ""), ("?q=", ""), ("?q=zzz", "0 messages found"), ("?q=%22*", "0 m")])
def test_search_for_nothing_or_nonsense_finds_nothing(
    client: Client, member: Membership, live: Live, query: str, said: str
) -> None:
    write(live, "bonjour")

    page = read(client, "chat-search", member, live, query)

    assert said in page
    assert "bonjour" not in page


# ── files ──


def test_csv_is_complete_safe_and_accounted_for(client: Client, member: Membership, live: Live) -> None:
    write(live, "=HYPERLINK(1)", " @sum", "un, deux\nthree", "-1", by=Seen("1", "x", "+cmd"))

    answer = client.get(address("chat-csv", member, live.pk))
    rows = list(csv.reader(StringIO(body_of(answer).removeprefix("\ufeff"))))

    assert rows[0][:7] == ["at", "timecode", "kind", "chatter", "login", "badges", "text"]
    assert [row[6] for row in rows[1:]] == ["'=HYPERLINK(1)", " '@sum", "un, deux\nthree", "'-1"]
    assert rows[1][3] == "'+cmd"
    assert rows[2][1] == "00:00:01"
    assert answer["Content-Disposition"].startswith('attachment; filename="plateau-')
    assert answer["Content-Disposition"].endswith('-chat.csv"')
    assert verbs() == ["chat.exported"]


def test_json_lines_are_complete_and_accounted_for(client: Client, member: Membership, live: Live) -> None:
    write(live, "=un", "deux")
    mark_removed(live, MessagesRemoved(NOW, message_id="m2"))

    answer = client.get(address("chat-jsonl", member, live.pk))
    rows = [json.loads(line) for line in body_of(answer).splitlines()]

    assert [(row["text"], row["kind"], row["removed_at"]) for row in rows] == [
        ("=un", "message", ""),
        ("deux", "message", "2026-01-05T10:00:00Z"),
    ]
    assert rows[0]["at"].endswith("Z")
    assert json.loads(AuditEntry.objects.get().payload.body) == {"form": "jsonl"}


def test_an_empty_chat_is_an_empty_file(client: Client, member: Membership, live: Live) -> None:
    assert body_of(client.get(address("chat-jsonl", member, live.pk))) == ""
    assert body_of(client.get(address("chat-csv", member, live.pk))).count("\n") == 1


def test_a_public_body_exports_pseudonyms(client: Client, public: Membership) -> None:
    live = make_audience(public.workspace)
    [message] = write(live, "bonjour")

    page = body_of(client.get(address("chat-csv", public, live.pk)))

    assert message.chatter.pseudonym in page
    assert "viewer" not in page.lower()


@pytest.mark.django_db(transaction=True)
async def test_files_are_streamed_without_blocking_the_loop(async_client: AsyncClient) -> None:
    member = await sync_to_async(make_membership)("supervisor")
    live = await sync_to_async(make_audience)(member.workspace)
    await sync_to_async(write)(live, "un", "deux")
    await async_client.aforce_login(member.user)

    answer = await async_client.get(address("chat-jsonl", member, live.pk))
    chunks = [chunk async for chunk in answer]  # type: ignore[attr-defined]

    assert len(b"".join(chunks).splitlines()) == 2


def test_lives_of_other_workspaces_have_no_chat_here(client: Client, member: Membership) -> None:
    for name in ("live-chat", "chat-search", "chat-csv", "chat-jsonl"):
        assert client.get(address(name, member, make_live().pk)).status_code == 404
