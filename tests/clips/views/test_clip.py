import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.clips.pages import HTMX, a_clip, address, body, post, shown, toast_of, verbs
from tests.clips.rows import editor, fresh, make_chatter, make_clip, make_firing
from tests.factories import NOW, make_alert, make_assessment, make_utterance
from tests.site.audiences import write
from vigie.clips import evidence, folders, reasons
from vigie.clips.models import Clip, ClipName, ShareLink
from vigie.people.models import Membership
from vigie.watch.models import Gap, Live

pytestmark = pytest.mark.django_db

FILM = bytes(n % 251 for n in range(1000))


@pytest.fixture
def clip(live: Live) -> Clip:
    """From 29.5 to 70 s of its live, asked for by a rule."""
    chatter = make_chatter(live.channel.workspace)
    return a_clip(live, content=FILM, firing=make_firing(live), author=chatter, trigger="clip it")


# ── its page ──


def test_the_film_has_its_words_and_its_chat_beside_it(
    client: Client, supervisor: Membership, live: Live, clip: Clip
) -> None:
    said = make_utterance(live, text="Look at that!", start_s=40.0)
    make_assessment(said, score=0.9, spans=[[0, 4, "x"]])
    written = write(live, "clip it", at_s=42.0)[0]
    gap = Gap.objects.create(live=live, from_s=50.0, to_s=52.0, cause="the stream was closed.")

    page = shown(client, "clip", supervisor, clip.pk)

    assert f'src="{address("clip-video", supervisor, clip.pk)}"' in page
    assert '<video id="video"' in page
    assert "controls" in page
    assert 'data-from="29.5"' in page
    assert f'id="line-u{said.pk}"' in page
    assert 'data-at="40.000"' in page
    assert "<mark" in page
    assert f'id="msg-{written.pk}"' in page
    assert "data-chatter" not in page  # nothing of the page of a live opens here
    assert f'id="line-g{gap.pk}"' in page


def test_a_page_says_where_the_clip_comes_from(client: Client, supervisor: Membership, live: Live, clip: Clip) -> None:
    page = shown(client, "clip", supervisor, clip.pk)

    assert clip.firing is not None
    assert f"1, {clip.firing.version.rule.name}, version 1" in page
    assert "<bdi>clip it</bdi>, <bdi>anna_92</bdi>" in page
    assert f'href="{address("live", supervisor, live.pk)}?sel=29.5-70.0"' in page
    assert f'href="{address("channel", supervisor, live.channel_id)}"' in page


def test_a_clip_of_a_person_names_them_by_their_alias(client: Client, supervisor: Membership, live: Live) -> None:
    clip = a_clip(live, requested_by=supervisor.user)

    page = shown(client, "clip", supervisor, clip.pk)

    assert f"<dd>{supervisor.alias}, " in re.sub(r"\s+", " ", page)


def test_a_page_says_what_the_file_is(client: Client, supervisor: Membership, clip: Clip) -> None:
    for name in ("clip 0001.mp4", "former.mp4"):
        ClipName.objects.create(clip=clip, name=name, given_at=NOW)

    page = shown(client, "clip", supervisor, clip.pk)

    for fact in ("clip 0001.mp4", "1 kB", "720 \N{MULTIPLICATION SIGN} 1280", "0" * 64, "Former names", "former.mp4"):
        assert fact in page


@pytest.mark.parametrize(("role", "is_linked"), [("supervisor", True), ("analyst", True)])
def test_the_alert_of_a_clip_is_linked(
    client: Client, supervisor: Membership, live: Live, role: str, *, is_linked: bool
) -> None:
    alert = make_alert(make_assessment(make_utterance(live)))
    clip = make_clip(live, assessment=alert.assessment)
    reader = editor(clip, role)
    client.force_login(reader.user)

    assert (f'href="{address("alert", reader, alert.pk)}"' in shown(client, "clip", reader, clip.pk)) is is_linked


def test_a_team_without_alerts_has_no_link_to_one(client: Client, supervisor: Membership, live: Live) -> None:
    alert = make_alert(make_assessment(make_utterance(live)))
    clip = make_clip(live, assessment=alert.assessment)
    supervisor.workspace.modules = ["clips"]
    supervisor.workspace.save()

    assert "alerts/" not in shown(client, "clip", supervisor, clip.pk)


def test_whoever_sees_clips_alone_changes_nothing(client: Client, live: Live, clip: Clip, analyst: Membership) -> None:
    page = shown(client, "clip", analyst, clip.pk)

    for name in ("clip-keep", "clip-hold", "clip-remove", "clip-share", "clip-rename", "clip-change"):
        assert address(name, analyst, clip.pk) not in page
    assert address("clip-download", analyst, clip.pk) in page


def test_whoever_may_not_read_chats_sees_the_film_alone(client: Client, supervisor: Membership, live: Live) -> None:
    write(live, "clip it", at_s=42.0)
    clip = a_clip(live)
    supervisor.workspace.modules = ["clips"]
    supervisor.workspace.save()

    page = shown(client, "clip", supervisor, clip.pk)

    assert '<video id="video"' in page
    assert 'id="chat"' not in page


def test_a_clip_of_obs_says_that_its_places_are_about_right(client: Client, supervisor: Membership, live: Live) -> None:
    clip = a_clip(live, starts_s=None)

    page = shown(client, "clip", supervisor, clip.pk)

    assert "OBS does not say where its replay begins" in page
    assert 'data-from="29.5"' in page


def test_a_clip_without_its_live_still_plays(client: Client, supervisor: Membership, clip: Clip) -> None:
    Clip.objects.filter(pk=clip.pk).update(live=None, channel=None)

    page = shown(client, "clip", supervisor, clip.pk)

    assert '<video id="video"' in page
    assert "The live of this clip is gone" in page


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("requested", "", "Requested"),
        ("saving", "", "Being saved"),
        ("saved", "The disk is full; it is tried again.", "The disk is full; it is tried again."),
        ("failed", reasons.NOT_KEPT, "Try again"),
    ],
)
def test_a_clip_that_is_not_ready_says_why(
    client: Client, supervisor: Membership, live: Live, *, state: str, reason: str, words: str
) -> None:
    clip = make_clip(live, state, reason=reason)

    page = shown(client, "clip", supervisor, clip.pk)

    assert words in page
    assert "<video" not in page
    assert words in shown(client, "clip-standing", supervisor, clip.pk)


def test_a_clip_that_became_ready_offers_itself_and_moves_nothing(
    client: Client, supervisor: Membership, clip: Clip
) -> None:
    standing = shown(client, "clip-standing", supervisor, clip.pk)

    assert f'<a class="btn btn-primary" href="{address("clip", supervisor, clip.pk)}"' in standing


def test_clips_beside_it_are_a_key_away(client: Client, supervisor: Membership, live: Live) -> None:
    older, clip, newer = (a_clip(live) for _ in range(3))
    for minute, one in enumerate((older, clip, newer)):
        Clip.objects.filter(pk=one.pk).update(requested_at=NOW + timedelta(minutes=minute))

    page = shown(client, "clip", supervisor, clip.pk)

    assert f'href="{address("clip", supervisor, newer.pk)}" data-key="k"' in page
    assert f'href="{address("clip", supervisor, older.pk)}" data-key="j"' in page


def test_looking_is_accounted_for_once_a_visit(client: Client, supervisor: Membership, clip: Clip) -> None:
    shown(client, "clip", supervisor, clip.pk)
    for headers in ({}, {"Range": "bytes=0-9"}):
        body(client.get(address("clip-video", supervisor, clip.pk), headers=headers))
    assert verbs() == ["clip.seen"]

    shown(client, "clip", supervisor, clip.pk)
    assert verbs() == ["clip.seen"] * 2


@pytest.mark.parametrize("count", [1, 3])
def test_three_lines_ask_as_much_as_one(
    client: Client, supervisor: Membership, live: Live, clip: Clip, count: int
) -> None:
    for number in range(count):
        make_assessment(make_utterance(live, start_s=31.0 + number))
        write(live, "clip", at_s=32.0 + number)
        ClipName.objects.create(clip=clip, name=f"{number}.mp4", given_at=NOW)
        ShareLink.objects.create(clip=clip, token_hash=f"{number}", made_at=NOW, expires_at=NOW)
    client.get(address("clip", supervisor, clip.pk))

    with CaptureQueriesContext(connection) as asked:
        client.get(address("clip", supervisor, clip.pk))

    reading = [query["sql"] for query in asked if "governance_" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
    assert len(reading) == 20


@pytest.mark.parametrize("name", ["clip", "clip-standing", "clip-video", "clip-download", "clip-poster"])
def test_a_deleted_clip_is_nowhere(client: Client, supervisor: Membership, clip: Clip, name: str) -> None:
    Clip.objects.filter(pk=clip.pk).update(removed_at=NOW)

    assert client.get(address(name, supervisor, clip.pk)).status_code == 404


# ── its file ──


def test_the_film_is_played_in_parts(client: Client, supervisor: Membership, clip: Clip) -> None:
    answer = client.get(address("clip-video", supervisor, clip.pk), headers={"Range": "bytes=10-19"})

    assert (answer.status_code, body(answer)) == (206, FILM[10:20])
    assert answer["Content-Range"] == "bytes 10-19/1000"
    assert "media-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_film_whose_file_is_gone_is_not_found(client: Client, supervisor: Membership, clip: Clip) -> None:
    folders.path_of(clip).unlink()

    assert client.get(address("clip-video", supervisor, clip.pk)).status_code == 404


def test_a_download_is_counted_where_it_begins(client: Client, supervisor: Membership, clip: Clip) -> None:
    page = address("clip-download", supervisor, clip.pk)

    whole, rest = client.get(page), client.get(page, headers={"Range": "bytes=500-"})
    asked = client.head(page)

    assert (body(whole), body(rest), body(asked)) == (FILM, FILM[500:], b"")
    assert whole["Content-Disposition"] == 'attachment; filename="clip 0001.mp4"'
    assert (fresh(clip).downloaded, verbs()) == (1, ["clip.downloaded"])


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("bytes=0-", ["clip.downloaded"] * 2),
        ("bytes=0-9", ["clip.downloaded"] * 2),
        ("bytes=1-", ["clip.seen"]),
    ],
)
def test_who_downloads_by_parts_is_accounted_for(
    part: str, told: list[str], client: Client, supervisor: Membership, clip: Clip
) -> None:
    page = address("clip-download", supervisor, clip.pk)

    for _ in range(2):
        answers = [client.get(page, headers={"Range": wanted}) for wanted in ("bytes=1000-", part, "bytes=500-")]
        assert [body(answer) != b"" for answer in answers] == [False, True, True]

    assert (fresh(clip).downloaded, verbs()) == (told.count("clip.downloaded"), told)


def test_a_picture_stands_for_the_clip(client: Client, supervisor: Membership, clip: Clip) -> None:
    assert client.get(address("clip-poster", supervisor, clip.pk))["Content-Type"] == "image/jpeg"


# ── what is done with it ──


def test_a_title_tags_and_notes_are_kept(client: Client, supervisor: Membership, clip: Clip) -> None:
    assert post(client, "clip-change", supervisor, clip.pk, title="The goal", tags="a, b", note="again") == ["Saved."]

    assert (fresh(clip).title, fresh(clip).tags, fresh(clip).note) == ("The goal", ["a", "b"], "again")
    page = shown(client, "clip", supervisor, clip.pk)
    assert 'value="The goal"' in page
    assert 'value="a, b"' in page


def test_tags_that_are_too_many_are_said_and_nothing_is_lost(
    client: Client, supervisor: Membership, clip: Clip
) -> None:
    fields = {"title": "The goal", "tags": ",".join(map(str, range(21))), "note": ""}

    answer = client.post(address("clip-change", supervisor, clip.pk), fields)

    assert answer.status_code == 400
    assert "At most 20 tags." in answer.content.decode()
    assert 'value="The goal"' in answer.content.decode()
    assert fresh(clip).title == ""


def test_hostile_words_are_shown_as_words(client: Client, supervisor: Membership, clip: Clip) -> None:
    post(client, "clip-change", supervisor, clip.pk, title="<script>alert(1)</script>", tags="<b>", note="<i>")

    page = client.get(address("clip", supervisor, clip.pk)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_new_name_is_shown_before_it_is_given(client: Client, supervisor: Membership, clip: Clip) -> None:
    page = shown(client, "clip-rename", supervisor, clip.pk, template="{chatter}/goal")

    assert "<code>anna_92/goal.mp4</code>" in page
    assert "<code>" not in shown(client, "clip-rename", supervisor, clip.pk, template="{nobody}")


def test_a_clip_gets_another_name(client: Client, supervisor: Membership, clip: Clip) -> None:
    told = post(client, "clip-rename", supervisor, clip.pk, template="{chatter}/goal")

    assert told == ["The file gets its new name in a moment."]
    assert (fresh(clip).template, fresh(clip).is_misnamed) == ("{chatter}/goal", True)


def test_a_name_that_is_none_is_refused(client: Client, supervisor: Membership, clip: Clip) -> None:
    answer = client.post(address("clip-rename", supervisor, clip.pk), {"template": "../out"})

    assert answer.status_code == 400
    assert "data-open-now" in answer.content.decode()
    assert "between the slashes is no name." in answer.content.decode()
    assert not fresh(clip).is_misnamed


def test_a_clip_without_a_file_gets_no_name(client: Client, supervisor: Membership, live: Live) -> None:
    clip = make_clip(live, "failed", name="")

    assert post(client, "clip-rename", supervisor, clip.pk, template="goal") == ["C-1 has no file."]


def test_a_clip_is_kept_and_let_go(client: Client, supervisor: Membership, clip: Clip) -> None:
    post(client, "clip-keep", supervisor, clip.pk, is_kept="yes")
    assert fresh(clip).is_kept
    post(client, "clip-keep", supervisor, clip.pk, is_kept="")
    assert not fresh(clip).is_kept


def test_a_clip_is_held_and_let_go(client: Client, supervisor: Membership, clip: Clip) -> None:
    post(client, "clip-hold", supervisor, clip.pk, is_held="yes")
    assert fresh(clip).is_held
    assert address("clip-remove", supervisor, clip.pk) not in shown(client, "clip", supervisor, clip.pk)
    post(client, "clip-hold", supervisor, clip.pk, is_held="")
    assert not fresh(clip).is_held


def test_a_clip_that_failed_is_tried_again(client: Client, supervisor: Membership, live: Live) -> None:
    clip = make_clip(live, "failed")

    answer = client.post(address("clip-again", supervisor, clip.pk), headers=HTMX)

    assert (answer.status_code, toast_of(answer)["text"]) == (204, "C-1 is tried again.")
    assert fresh(clip).state == "requested"
    again = client.post(address("clip-again", supervisor, clip.pk), headers=HTMX)
    assert (again.status_code, toast_of(again)["text"]) == (409, "C-1 did not fail: nothing is to be tried again.")
    assert post(client, "clip-again", supervisor, clip.pk) == ["C-1 did not fail: nothing is to be tried again."]


def test_a_deleted_clip_can_be_taken_back_from_the_archive(client: Client, supervisor: Membership, clip: Clip) -> None:
    answer = client.post(address("clip-remove", supervisor, clip.pk), follow=True)

    assert answer.redirect_chain == [(address("clips", supervisor), 302)]
    assert 'data-text="C-1 deleted."' in answer.content.decode()
    assert f'data-undo="{address("clips-undo", supervisor)}?clip={clip.pk}"' in answer.content.decode()
    assert fresh(clip).removed_at is not None


def test_what_an_undecided_alert_shows_is_not_deleted(client: Client, supervisor: Membership, live: Live) -> None:
    alert = make_alert(make_assessment(make_utterance(live)))
    clip = make_clip(live, assessment=alert.assessment)
    before = evidence._asked[:]
    evidence.ask(set)

    told = post(client, "clip-remove", supervisor, clip.pk)

    evidence._asked[:] = before
    assert told == ["C-1 shows what an alert is about: decide the alert first."]
    assert fresh(clip).removed_at is None
