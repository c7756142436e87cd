import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, make_assessment, make_channel, make_live, make_membership, make_utterance
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership
from vigie.runtime.models import WorkState
from vigie.speech.queries import LINES
from vigie.watch.models import Gap, Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    """An analyst, signed in."""
    membership = make_membership("analyst")
    client.force_login(membership.user)
    return membership


@pytest.fixture
def live(member: Membership) -> Live:
    """A live that is over: words, a gap, a slur, and something skipped."""
    channel = make_channel(member.workspace, name="Le Grand Plateau", address="https://live.example.org/plateau")
    live = make_live(channel, started_at=NOW, ended_at=NOW + timedelta(hours=2))
    make_assessment(make_utterance(live, text="Vous, les blorks.", start_s=0.5), spans=[[10, 16, "slur"]])
    Gap.objects.create(live=live, from_s=5.0, to_s=8.2, cause="the stream stalled")
    make_utterance(live, text="", start_s=10.0, state=WorkState.SKIPPED, reason="waited too long")
    make_utterance(live, text="", start_s=20.0, state=WorkState.PENDING)
    return live


def address(name: str, live: Live) -> str:
    return reverse(name, kwargs={"workspace": live.channel.workspace.slug, "pk": live.pk})


def acts() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "object_id"))


def test_transcript_shows_words_gaps_and_what_is_missing(client: Client, live: Live) -> None:
    page = client.get(address("transcript", live)).content.decode()

    assert page.index("Vous, les") < page.index("Gap, 3.2 s.") < page.index("Not transcribed.")
    assert "blorks" not in page


def test_reading_is_accounted_for_once_a_visit(client: Client, live: Live) -> None:
    client.get(address("transcript", live))
    client.get(address("transcript", live) + "?after=1")

    assert acts() == [("transcript.read", str(live.pk))]


def test_reading_on_without_the_first_page_is_accounted_for(client: Client, live: Live) -> None:
    client.get(address("transcript", live) + "?after=1")
    client.get(address("live-words", live))

    assert acts() == [("transcript.read", str(live.pk))]


def test_transcript_has_pages(client: Client, live: Live) -> None:
    for seq in range(10, LINES + 12):
        make_utterance(live, seq=seq, text=f"Phrase {seq}.", start_s=seq * 10.0)

    first = client.get(address("transcript", live)).content.decode()
    last = client.get(address("transcript", live) + f"?after={LINES + 7}").content.decode()

    assert f"?after={LINES + 7}" in first
    assert f"Phrase {LINES + 8}." not in first
    assert f"Phrase {LINES + 8}." in last
    assert "Vous, les" not in last


@pytest.fixture
def talk(member: Membership) -> Live:
    """A live of eight lines, of which the sixth is of medium severity."""
    live = make_live(make_channel(member.workspace))
    for number in range(1, 9):
        utterance = make_utterance(live, text=f"Bread number {number}." if number % 2 else f"Soup, {number}.")
        make_assessment(utterance, score=0.5 if number == 6 else 0.1)
    Gap.objects.create(live=live, from_s=5.0, to_s=5.5, cause="the stream stalled")
    return live


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("?words=BREAD", [1, 3, 5, 7]),
        ("?words=+soup+", [2, 4, 6, 8]),
        ("?marked=on", [6]),
        ("?words=soup&marked=on", [6]),
        ("?words=bread&marked=on", []),
        ("?words=bread&after=3", [5, 7]),
        ("?words=%25", []),
        ("?words=" + "a" * 101, [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_transcript_is_searched(client: Client, talk: Live, asked: str, shown: list[int]) -> None:
    answer = client.get(address("transcript", talk) + asked)

    found = [line.utterance.seq for line in answer.context["lines"].shown if line.utterance]
    assert found == shown
    assert ("Nothing like this was said." in answer.content.decode()) == (not shown)


def test_what_is_found_leads_to_its_place(client: Client, talk: Live) -> None:
    page = client.get(address("transcript", talk) + "?marked=on").content.decode()

    assert f'href="?after=2#line-u{talk.utterances.get(seq=6).pk}"' in page


def test_searching_is_no_reading_of_its_own(client: Client, talk: Live) -> None:
    client.get(address("transcript", talk))
    client.get(address("transcript", talk) + "?words=soup")

    assert acts() == [("transcript.read", str(talk.pk))]


def test_an_empty_transcript_says_so(client: Client, member: Membership) -> None:
    live = make_live(make_channel(member.workspace))

    assert "Nothing was said in this live." in client.get(address("transcript", live)).content.decode()


def test_the_text_is_for_people_and_unmasked(client: Client, live: Live) -> None:
    answer = client.get(address("transcript-text", live))

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="le-grand-plateau-20260105-1000.txt"'
    assert answer.content.decode() == (
        "Le Grand Plateau\n"
        "https://live.example.org/plateau\n"
        "2026-01-05T10:00:00Z\n"
        "\n"
        "[00:00:00] Vous, les blorks.\n"
        "[00:00:05] (gap, 3.2 s: nothing was heard)\n"
        "[00:00:10] (not transcribed)\n"
    )


def test_the_json_holds_the_objects_of_the_command_line(client: Client, live: Live) -> None:
    answer = client.get(address("transcript-json", live))

    assert json.loads(answer.content) == {
        "live": live.pk,
        "channel": "Le Grand Plateau",
        "address": "https://live.example.org/plateau",
        "started_at": "2026-01-05T10:00:00Z",
        "lines": [
            {
                "type": "utterance",
                "seq": 1,
                "start_s": 0.5,
                "end_s": 4.0,
                "text": "Vous, les blorks.",
                "source": "asr",
                "language": "fr",
                "state": "done",
            },
            {"type": "gap", "from_s": 5.0, "to_s": 8.2, "cause": "the stream stalled"},
            {
                "type": "utterance",
                "seq": 2,
                "start_s": 10.0,
                "end_s": 13.5,
                "text": "",
                "source": "asr",
                "language": "fr",
                "state": "skipped",
            },
        ],
    }


@pytest.mark.parametrize("name", ["transcript-text", "transcript-json"])
def test_taking_a_transcript_away_is_accounted_for(client: Client, live: Live, name: str) -> None:
    client.get(address(name, live))

    assert acts() == [("transcript.exported", str(live.pk))]


@pytest.mark.parametrize("name", ["transcript", "transcript-text", "transcript-json"])
def test_transcripts_are_for_those_who_may_read(client: Client, live: Live, name: str) -> None:
    reader = make_membership("analyst", workspace=live.channel.workspace)
    reader.role.permissions.remove(*reader.role.permissions.filter(codename="read_transcripts"))
    client.force_login(reader.user)

    assert client.get(address(name, live)).status_code == 403
    client.force_login(make_membership("analyst").user)
    assert client.get(address(name, live)).status_code == 404
    assert acts() == []
    client.logout()
    assert client.get(address(name, live)).status_code == 302


def test_a_name_without_letters_still_makes_a_file_name(client: Client, member: Membership) -> None:
    live = make_live(make_channel(member.workspace, name="???"))

    answer = client.get(address("transcript-text", live))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="live-20260105-1000.txt"'
