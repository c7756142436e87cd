import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, make_assessment, make_channel, make_live, make_membership, make_utterance
from tests.site.audiences import make_audience, sample, write
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership
from vigie.watch import operations
from vigie.watch.models import Gap, Live, LiveMark, MarkKind, Track
from vigie.watch.timeline import Hole

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    """A moderator, signed in."""
    membership = make_membership("moderator")
    client.force_login(membership.user)
    return membership


@pytest.fixture
def live(member: Membership) -> Live:
    return make_audience(member.workspace)


def address(name: str, member: Membership, pk: int, query: str = "") -> str:
    return reverse(name, kwargs={"workspace": member.workspace.slug, "pk": pk}) + query


def read(client: Client, name: str, member: Membership, live: Live, query: str = "") -> str:
    return client.get(address(name, member, live.pk, query)).content.decode()


# ── lanes ──


def test_every_lane_says_in_a_sentence_what_it_draws(client: Client, member: Membership, live: Live) -> None:
    sample(live, 0, viewers=4128, messages=30)
    make_assessment(make_utterance(live), score=0.86)
    Gap.objects.create(live=live, from_s=10, to_s=22, cause="the stream stalled")
    operations.place_mark(live, Hole(5, 5), "again", actor=member, now=NOW)

    page = read(client, "live-lanes", member, live, "?from=0&to=60")

    window = "from 00:00:00 to 00:01:00"
    assert f'aria-label="Viewers {window}: 4,128 at the end, 4,128 at most"' in page
    assert f'aria-label="Messages of the chat {window}: 30 a minute at the end, 180 at most"' in page
    assert f'aria-label="Risk {window}, highest 0.86"' in page
    assert f'aria-label="1 mark {window}"' in page
    assert f'aria-label="1 gap {window}, 12 s in all"' in page
    assert "the stream stalled" in page
    assert f"{member.alias}: again" in page


def test_risk_of_a_window_without_judgements_is_not_a_figure(client: Client, member: Membership, live: Live) -> None:
    page = read(client, "live-lanes", member, live, "?from=0&to=60")

    assert 'aria-label="Risk from 00:00:00 to 00:01:00: not analysed"' in page


def test_moments_are_told_on_the_reader_s_clock_too(client: Client, member: Membership) -> None:
    live = make_live(make_channel(member.workspace), started_at=NOW)  # at ten o'clock UTC

    page = read(client, "live-lanes", member, live, "?from=0&to=60")

    assert re.search(r"<title>00:00:30 · \d\d:00:30</title>", page)


@pytest.mark.parametrize(
    ("query", "window"),
    [
        ("", ("0.0", "600")),
        ("?scale=5min", ("300", "600")),
        ("?from=60&to=180", ("60.0", "180.0")),
        ("?from=180&to=60", ("0.0", "600")),
        ("?from=x&to=1e400", ("0.0", "600")),
        ("?from=99999999999&to=999999999999", ("0.0", "600")),
    ],
)
def test_the_window_is_in_the_address(
    client: Client, member: Membership, live: Live, query: str, window: tuple[str, str]
) -> None:
    page = read(client, "live-lanes", member, live, query)

    found = re.search(r'data-from="([\d.]+)"\s+data-to="([\d.]+)"', page)
    assert found is not None
    assert (found[1].split(".")[0], found[2].split(".")[0]) == (window[0].split(".")[0], window[1].split(".")[0])


def test_a_live_that_is_over_is_shown_as_a_whole(client: Client, member: Membership) -> None:
    live = make_live(make_channel(member.workspace), ended_at=NOW, heard_s=7200)

    assert 'data-scale="all"' in read(client, "live-lanes", member, live)


def test_numbers_of_drawings_have_points_in_french(client: Client, member: Membership, live: Live) -> None:
    member.user.language = "fr"
    member.user.save()
    sample(live, 10, viewers=4128, messages=30)

    page = read(client, "live-lanes", member, live, "?from=0.5&to=61.5")

    assert 'data-from="0.5"' in page
    assert re.search(r' d="[^"]*,', page) is None


def test_a_team_without_chats_has_no_lane_of_them(client: Client, member: Membership, live: Live) -> None:
    sample(live, 0, viewers=5, messages=30)
    write(live, "bonjour")
    Gap.objects.create(live=live, track=Track.CHAT, from_s=10, to_s=22, cause="the chat broke")
    member.workspace.modules = ["moderation"]
    member.workspace.save()

    for name in ("live", "live-lanes", "live-table", "live-facts"):
        page = read(client, name, member, live)
        assert not re.search("chat", page.split("<main")[-1], re.IGNORECASE), name


@pytest.mark.parametrize("name", ["live", "live-lanes", "live-table", "live-facts"])
def test_what_nobody_counted_is_a_dash(client: Client, member: Membership, live: Live, name: str) -> None:
    sample(live, 0, messages=3)

    page = read(client, name, member, live)

    assert "None" not in page
    assert name == "live-facts" or "\N{EN DASH}" in page


@pytest.mark.parametrize("name", ["live-lanes", "live-table", "live-stretch"])
def test_lives_of_other_workspaces_are_not_found(client: Client, member: Membership, name: str) -> None:
    assert client.get(address(name, member, make_live().pk, "?from=0&to=9")).status_code == 404


# ── the table ──


def test_the_table_holds_what_the_lanes_draw(client: Client, member: Membership, live: Live) -> None:
    sample(live, 0, viewers=4128, messages=3)
    make_assessment(make_utterance(live), score=0.86)
    Gap.objects.create(live=live, from_s=10, to_s=22, cause="the stream stalled")
    mark = operations.place_mark(live, Hole(5, 5), "<b>again</b>", actor=member, now=NOW)

    page = read(client, "live-table", member, live, "?from=0&to=60")

    for words in ("4,128", "0.86", "&lt;b&gt;again&lt;/b&gt;", member.alias, "Sound, 12 s", "the stream stalled"):
        assert words in page
    assert address("mark-remove", member, mark.pk) in page


def test_the_table_of_a_quiet_window_says_so(client: Client, member: Membership, live: Live) -> None:
    page = read(client, "live-table", member, live)

    assert "No mark in this window." in page
    assert "Nothing is missing in this window." in page


# ── a selection ──


def test_a_stretch_shows_its_words_beside_its_chat(client: Client, member: Membership, live: Live) -> None:
    make_assessment(make_utterance(live, text="Un mot.", start_s=12.0), score=0.52)
    make_assessment(make_utterance(live, text="Plus tard.", start_s=40.0), score=0.9)
    write(live, "clip", at_s=13.0)
    write(live, "later", at_s=41.0)

    page = read(client, "live-stretch", member, live, "?from=10&to=30")

    assert "00:00:10 → 00:00:30" in page
    facts = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "20 s · 1 utterance · 1 message · highest risk 0.52" in facts
    assert "Un mot." in page
    assert "clip" in page
    assert "Plus tard." not in page
    assert ">later<" not in page


@pytest.mark.parametrize("query", ["", "?from=1", "?from=9&to=1", "?from=a&to=b"])
def test_a_stretch_that_is_none_is_not_found(client: Client, member: Membership, live: Live, query: str) -> None:
    assert client.get(address("live-stretch", member, live.pk, query)).status_code == 404


def test_a_stretch_asked_for_without_its_page_is_accounted_for(client: Client, member: Membership, live: Live) -> None:
    for _ in range(2):
        read(client, "live-stretch", member, live, "?from=0&to=9")

    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["transcript.read", "chat.read"]


# ── marks ──


def test_a_mark_is_placed_and_accounted_for(client: Client, member: Membership, live: Live) -> None:
    answer = client.post(
        address("mark-place", member, live.pk), {"from_s": "10.5", "to_s": "99999", "label": " again "}
    )

    assert answer.status_code == 204
    mark = LiveMark.objects.get()
    assert (mark.kind, mark.from_s, mark.label, mark.placed_by) == (MarkKind.PERSON, 10.5, "again", member)
    assert mark.to_s == pytest.approx(600, abs=60)  # as far as the live
    assert AuditEntry.objects.get().verb == "mark.placed"


@pytest.mark.parametrize(
    "stretch",
    [
        {},
        {"from_s": "10", "to_s": "5"},
        {"from_s": "-1", "to_s": "5"},
        {"from_s": "nan", "to_s": "5"},
        {"from_s": "99999", "to_s": "100000"},
        {"from_s": "1", "to_s": "5", "label": "x" * 121},
    ],
)
def test_a_stretch_that_makes_no_sense_is_told_and_not_marked(
    client: Client, member: Membership, live: Live, stretch: dict[str, str]
) -> None:
    answer = client.post(address("mark-place", member, live.pk), stretch)

    assert (answer.status_code, answer.content) == (400, b"This stretch cannot be marked.")
    assert not LiveMark.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("moderator", 404), ("supervisor", 204)])
def test_marks_of_others_are_removed_by_who_manages_channels(
    client: Client, member: Membership, live: Live, role: str, status: int
) -> None:
    mark = operations.place_mark(live, Hole(1, 2), "", actor=member, now=NOW)
    client.force_login(make_membership(role, workspace=member.workspace).user)

    assert client.post(address("mark-remove", member, mark.pk)).status_code == status
    assert LiveMark.objects.exists() == (status == 404)


def test_one_s_own_mark_is_removed(client: Client, member: Membership, live: Live) -> None:
    mark = operations.place_mark(live, Hole(1, 2), "", actor=member, now=NOW)

    assert client.post(address("mark-remove", member, mark.pk)).status_code == 204
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == ["mark.placed", "mark.removed"]


def test_marks_that_nobody_placed_stay(client: Client, member: Membership, live: Live) -> None:
    mark = LiveMark.objects.create(live=live, kind=MarkKind.BURST, from_s=1, to_s=2, placed_at=NOW)

    assert client.post(address("mark-remove", member, mark.pk)).status_code == 404
