from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.clips.pages import HTMX, a_clip, address, said, shown, toast_of, verbs
from tests.clips.rows import fresh, make_chatter, make_clip, make_firing, on_air
from tests.factories import NOW
from vigie.clips import reasons
from vigie.clips.models import Clip
from vigie.clips.views.archive import A_PAGE
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


# ── the grid ──


def test_an_empty_archive_says_what_to_do_next(client: Client, supervisor: Membership) -> None:
    page = shown(client, "clips", supervisor)

    assert "No clip yet." in page
    assert "the key C keeps its last seconds" in page
    assert 'class="filters"' not in page


def test_a_search_that_finds_nothing_offers_everything(client: Client, supervisor: Membership, live: Live) -> None:
    make_clip(live)

    page = shown(client, "clips", supervisor, words="nothing like this")

    assert "No clip like this." in page
    assert "Show everything" in page


def test_a_card_says_whose_moment_it_is(client: Client, supervisor: Membership, live: Live) -> None:
    firing = make_firing(live)
    clip = a_clip(
        live,
        firing=firing,
        author=make_chatter(supervisor.workspace),
        score=0.82,
        tags=["goal"],
        at_s=75.0,
        is_kept=True,
    )

    page = shown(client, "clips", supervisor)

    assert f'href="{address("clip", supervisor, clip.pk)}"' in page
    assert f'src="{address("clip-poster", supervisor, clip.pk)}" alt="" loading="lazy"' in page
    assert f"Rule 1, {firing.version.rule.name} · <bdi>anna_92</bdi>" in page
    for word in ("Plateau", "0:40", "00:01:15", "goal", "0.82", "Kept", "C-1"):
        assert word in page


def test_a_clip_that_failed_says_why_and_can_be_tried_again(client: Client, supervisor: Membership, live: Live) -> None:
    clip = make_clip(live, "failed", reason=reasons.NOT_KEPT)

    page = shown(client, "clips", supervisor)

    assert "Failed" in page
    assert reasons.NOT_KEPT in page
    assert f'hx-post="{address("clip-again", supervisor, clip.pk)}"' in page


@pytest.mark.parametrize("state", ["requested", "saving", "saved", "renamed"])
def test_a_clip_under_way_says_how_far_it_is(client: Client, supervisor: Membership, live: Live, state: str) -> None:
    clip = make_clip(live, state)

    assert str(clip.get_state_display()).capitalize() in shown(client, "clips", supervisor)


def test_filters_are_in_the_address_and_kept_across_pages(client: Client, supervisor: Membership, live: Live) -> None:
    for _ in range(A_PAGE + 1):
        make_clip(live, "requested")
    make_clip(on_air(supervisor.workspace), "requested")

    page = shown(client, "clips", supervisor, channel=str(live.channel_id), order="oldest")

    assert page.count('class="clip-card') == A_PAGE
    assert f"?channel={live.channel_id}&order=oldest&page=2" in page
    following = shown(client, "clips", supervisor, channel=str(live.channel_id), order="oldest", page="2")
    assert following.count('class="clip-card') == 1


@pytest.mark.parametrize("query", ["page=0", "page=9", "page=x", "channel=x", "since=never", "order=odd", "score=x"])
def test_an_address_that_makes_no_sense_shows_clips_all_the_same(
    client: Client, supervisor: Membership, live: Live, query: str
) -> None:
    make_clip(live)

    answer = client.get(f"{address('clips', supervisor)}?{query}")

    assert answer.status_code == 200
    assert 'class="clip-card' in answer.content.decode()


def test_whoever_sees_clips_alone_is_offered_nothing_else(client: Client, live: Live, analyst: Membership) -> None:
    make_clip(live)

    page = shown(client, "clips", analyst)

    assert 'id="chosen"' not in page
    assert 'data-may=""' in page
    assert "Settings of clips" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_three_clips_ask_as_much_as_one(client: Client, supervisor: Membership, live: Live, count: int) -> None:
    for _ in range(count):
        a_clip(live, firing=make_firing(live))
        a_clip(live, requested_by=supervisor.user)
    client.get(address("clips", supervisor))  # what is read once a process

    with CaptureQueriesContext(connection) as asked:
        client.get(address("clips", supervisor))

    assert len(asked) == 16


@pytest.mark.parametrize(("seen", "told"), [("0", "2 new clips"), ("1", "1 new clip"), ("2", ""), ("x", "2 new clips")])
def test_what_is_new_is_told_in_a_line(
    client: Client, supervisor: Membership, live: Live, seen: str, told: str
) -> None:
    first, second = make_clip(live), make_clip(live)
    after = {"1": first.pk, "2": second.pk}.get(seen, seen)

    page = shown(client, "clips-news", supervisor, after=str(after))

    assert ("new clip" in page, told in page) == (bool(told), True)


# ── several at once ──


def change(client: Client, member: Membership, deed: str, *clips: Clip, **also: str) -> dict[str, object]:
    fields = {"deed": deed, "clip": [clip.pk for clip in clips], **also}
    answer = client.post(address("clips-change", member), fields, headers=HTMX)
    assert answer.status_code == 200
    for clip in clips:
        assert f'id="clip-{clip.pk}"' in answer.content.decode()
    return toast_of(answer)


def test_several_clips_are_kept_and_let_go(client: Client, supervisor: Membership, live: Live) -> None:
    clips = [make_clip(live), make_clip(live)]

    assert change(client, supervisor, "keep", *clips)["text"] == "2 clips are kept."
    assert [fresh(clip).is_kept for clip in clips] == [True, True]
    assert change(client, supervisor, "let-go", clips[0])["text"] == "1 clip is kept no longer."
    assert [fresh(clip).is_kept for clip in clips] == [False, True]


def test_several_clips_are_tagged(client: Client, supervisor: Membership, live: Live) -> None:
    clips = [make_clip(live, tags=["old"]), make_clip(live)]

    assert change(client, supervisor, "tag", *clips, tag="goal, drôle")["text"] == "2 clips were tagged."

    assert [fresh(clip).tags for clip in clips] == [["old", "goal", "drôle"], ["goal", "drôle"]]


def test_a_tag_that_is_none_changes_nothing(client: Client, supervisor: Membership, live: Live) -> None:
    clip = make_clip(live, tags=["old"])

    toast = change(client, supervisor, "tag", clip, tag="x" * 41)

    assert toast["text"] == "C-1 would have too many or too long tags: 20 at most, of 40 characters each."
    assert fresh(clip).tags == ["old"]


def test_several_clips_are_deleted_and_taken_back(client: Client, supervisor: Membership, live: Live) -> None:
    clips = [make_clip(live), make_clip(live)]

    toast = change(client, supervisor, "delete", *clips)

    assert (toast["text"], toast["seconds"]) == ("2 clips deleted.", 10)
    assert all(fresh(clip).removed_at for clip in clips)
    answer = client.post(str(toast["undo"]), headers=HTMX)
    assert toast_of(answer)["text"] == "2 clips are back."
    assert [fresh(clip).removed_at for clip in clips] == [None, None]
    assert verbs("clip.saved") == ["clip.removed", "clip.removed", "clip.restored", "clip.restored"]


def test_what_is_held_is_named_and_stays(client: Client, supervisor: Membership, live: Live) -> None:
    held, free = make_clip(live, is_held=True), make_clip(live)

    toast = change(client, supervisor, "delete", held, free)

    assert toast["text"] == "1 clip deleted. C-1 is held: nobody deletes it. Let it go first."
    assert (fresh(held).removed_at, fresh(free).removed_at is None) == (None, False)
    assert str(held.pk) not in str(toast["undo"]).partition("?")[2].split("clip=")


def test_nothing_is_taken_back_after_ten_seconds(client: Client, supervisor: Membership, live: Live) -> None:
    clip = make_clip(live)
    toast = change(client, supervisor, "delete", clip)
    Clip.objects.filter(pk=clip.pk).update(removed_at=clock.now() - timedelta(seconds=11))

    answer = client.post(str(toast["undo"]), headers=HTMX)

    assert toast_of(answer)["text"] == "The 10 seconds are over: C-1 is gone."
    assert fresh(clip).removed_at is not None


def test_clips_of_others_are_neither_changed_nor_taken_back(client: Client, supervisor: Membership) -> None:
    other = make_clip()
    client.post(address("clips-change", supervisor), {"deed": "delete", "clip": [other.pk]}, headers=HTMX)
    assert fresh(other).removed_at is None

    Clip.objects.filter(pk=other.pk).update(removed_at=clock.now(), removal="person")
    client.post(f"{address('clips-undo', supervisor)}?clip={other.pk}", headers=HTMX)
    assert fresh(other).removed_at is not None


def test_whoever_makes_clips_deletes_none(client: Client, live: Live, moderator: Membership) -> None:
    clip = make_clip(live)

    answer = client.post(address("clips-change", moderator), {"deed": "delete", "clip": [clip.pk]}, headers=HTMX)

    assert (answer.status_code, fresh(clip).removed_at) == (403, None)


@pytest.mark.parametrize(
    "fields", [{}, {"deed": "keep"}, {"deed": "keep", "clip": ["x", "-1", "9" * 30]}, {"deed": "burn", "clip": ["1"]}]
)
def test_nothing_selected_is_said(
    client: Client, supervisor: Membership, live: Live, fields: dict[str, object]
) -> None:
    answer = client.post(address("clips-change", supervisor), fields, headers=HTMX)

    assert (answer.status_code, toast_of(answer)["text"]) == (200, "Nothing was selected.")


def test_without_scripts_the_next_page_says_what_was_done(client: Client, supervisor: Membership, live: Live) -> None:
    clip = make_clip(live)
    fields = {"clip": [clip.pk]}

    kept = client.post(address("clips-change", supervisor), {"deed": "keep", **fields}, follow=True)
    deleted = client.post(address("clips-change", supervisor), {"deed": "delete", **fields}, follow=True)

    assert said(kept) == ["1 clip is kept."]
    assert 'id="undoable"' in deleted.content.decode()
    assert f"/undo/?clip={clip.pk}" in deleted.content.decode()
    assert 'id="undoable"' not in shown(client, "clips", supervisor)


def test_a_deleted_clip_is_left_out(client: Client, supervisor: Membership, live: Live) -> None:
    Clip.objects.filter(pk=make_clip(live).pk).update(removed_at=NOW)

    assert 'class="clip-card' not in shown(client, "clips", supervisor)
