from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from tests.clips.rows import JPEG, make_chatter, make_clip, make_firing, make_obs, on_air
from tests.factories import NOW, make_membership
from vigie.clips import archive
from vigie.clips.archive import Sought
from vigie.clips.models import Clip, Poster
from vigie.people.models import Membership
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership("moderator")


@pytest.fixture
def live(member: Membership) -> Live:
    return on_air(member.workspace)


def found(member: Membership, order: str = "", **sought: Any) -> list[int]:
    """Return the numbers of the clips that are found."""
    return [clip.seq for clip in archive.found_for(member, Sought(**sought), order)]


def asked_at(*clips: Clip) -> None:
    """Let clips have been asked for a day apart, the first one on 5 January."""
    for day, clip in enumerate(clips):
        Clip.objects.filter(pk=clip.pk).update(requested_at=NOW + timedelta(days=day))


# ── what is looked for ──


def test_the_archive_is_of_the_team_and_without_what_was_deleted(member: Membership, live: Live) -> None:
    make_clip(live)
    make_clip()
    gone = make_clip(live)
    Clip.objects.filter(pk=gone.pk).update(removed_at=NOW)

    assert found(member) == [1]


@pytest.mark.parametrize(
    ("words", "seqs"),
    [("", [2, 1]), ("goal", [1]), ("GOAL", [1]), ("goal again", [1]), ("goal never", []), ("0002", [2])],
)
def test_words_are_looked_for_in_title_notes_name_and_trigger(
    member: Membership, live: Live, words: str, seqs: list[int]
) -> None:
    asked_at(make_clip(live, title="The goal", note="see it again"), make_clip(live))

    assert found(member, words=words) == seqs


def test_clips_are_found_by_channel_and_by_rule(member: Membership, live: Live) -> None:
    other = on_air(member.workspace)
    firing = make_firing(live)
    make_clip(live, firing=firing)
    make_clip(other)

    assert found(member, channel_id=other.channel_id) == [2]
    assert found(member, rule_id=firing.version.rule_id) == [1]


def test_clips_are_found_by_chatter(member: Membership, live: Live) -> None:
    make_clip(live, author=make_chatter(member.workspace, "anna_92"))
    make_clip(live, author=make_chatter(member.workspace, "bob"))

    assert found(member, chatter="ANNA") == [1]


@pytest.mark.parametrize(
    ("tag", "seqs"), [("drôle", [1]), ("dr", []), ('say "hi"', [2]), ("100%", [2]), ("語", [1]), ("none", [])]
)
def test_clips_are_found_by_a_whole_tag_in_any_script(
    member: Membership, live: Live, tag: str, seqs: list[int]
) -> None:
    make_clip(live, tags=["drôle", "語"])
    make_clip(live, tags=['say "hi"', "100%"])

    assert found(member, tag=tag) == seqs


@pytest.mark.parametrize(("kept", "seqs"), [("kept", [1]), ("held", [2]), ("", [3, 2, 1]), ("nonsense", [3, 2, 1])])
def test_clips_are_found_by_what_keeps_them(member: Membership, live: Live, kept: str, seqs: list[int]) -> None:
    asked_at(make_clip(live, is_kept=True), make_clip(live, is_held=True), make_clip(live))

    assert found(member, kept=kept) == seqs


@pytest.mark.parametrize(("state", "seqs"), [("ready", [1]), ("under-way", [4, 3, 2]), ("failed", [5])])
def test_clips_are_found_by_how_far_they_have_come(member: Membership, live: Live, state: str, seqs: list[int]) -> None:
    asked_at(*(make_clip(live, one) for one in ("verified", "requested", "saving", "saved", "failed")))

    assert found(member, state=state) == seqs


@pytest.mark.parametrize(
    ("since", "until", "seqs"),
    [
        (date(2026, 1, 6), None, [3, 2]),
        (None, date(2026, 1, 6), [2, 1]),
        (date(2026, 1, 6), date(2026, 1, 6), [2]),
        (date(2026, 1, 9), date(2026, 1, 1), []),
    ],
)
def test_clips_are_found_by_day_both_ends_included(
    member: Membership, live: Live, since: date | None, until: date | None, seqs: list[int]
) -> None:
    asked_at(make_clip(live), make_clip(live), make_clip(live))

    assert found(member, since=since, until=until) == seqs


def test_clips_are_found_by_risk(member: Membership, live: Live) -> None:
    asked_at(make_clip(live, score=0.8), make_clip(live, score=0.4), make_clip(live))

    assert found(member, score=0.7) == [1]
    assert found(member, score=0.4) == [2, 1]


@pytest.mark.parametrize(
    ("order", "seqs"),
    [
        ("", [3, 2, 1]),
        ("nonsense", [3, 2, 1]),
        ("newest", [3, 2, 1]),
        ("oldest", [1, 2, 3]),
        ("longest", [2, 1, 3]),
        ("largest", [1, 2, 3]),
        ("risk", [2, 1, 3]),
    ],
)
def test_clips_come_in_the_order_asked_for_unknown_values_last(
    member: Membership, live: Live, order: str, seqs: list[int]
) -> None:
    asked_at(
        make_clip(live, content=b"123456", duration_s=10.0, score=0.1),
        make_clip(live, content=b"123", duration_s=20.0, score=0.9),
        make_clip(live, "requested"),
    )

    assert found(member, order) == seqs


# ── what is shown ──


def test_a_card_tells_whose_clip_it_is(member: Membership, live: Live) -> None:
    mine = make_clip(live, requested_by=member.user)
    stranger = make_clip(live, requested_by=make_membership().user)
    rule = make_clip(live, firing=make_firing(live))

    cards = archive.cards(list(archive.shown(member)))

    assert {card.clip.pk: card.alias for card in cards} == {mine.pk: member.alias, stranger.pk: "", rule.pk: ""}


def test_a_card_knows_whether_there_is_a_picture_without_reading_it(member: Membership, live: Live) -> None:
    Poster.objects.create(clip=make_clip(live), jpeg=JPEG)
    make_clip(live)

    with CaptureQueriesContext(connection) as asked:
        shown = {clip.seq: clip.has_poster for clip in archive.shown(member)}  # type: ignore[attr-defined]

    assert shown == {1: True, 2: False}
    assert not any("jpeg" in query["sql"] for query in asked)


@pytest.mark.parametrize("count", [1, 3])
def test_three_cards_ask_as_much_as_one(member: Membership, live: Live, count: int) -> None:
    for _ in range(count):
        make_clip(live, firing=make_firing(live))
        make_clip(live, requested_by=member.user)

    with CaptureQueriesContext(connection) as asked:
        cards = archive.cards(list(archive.found_for(member, Sought(), "")))
        for card in cards:
            render_to_string("clips/_card.html", {"card": card})

    assert len(asked) == 2


def test_cards_among_show_what_was_deleted_too(member: Membership, live: Live) -> None:
    gone, other = make_clip(live), make_clip(live)
    Clip.objects.filter(pk=gone.pk).update(removed_at=NOW)

    assert [card.clip.pk for card in archive.cards_among([gone.pk, other.pk, 0])] == [gone.pk, other.pk]


def test_neighbours_are_the_newer_and_the_older_clip(member: Membership, live: Live) -> None:
    first, second, third = clips = [make_clip(live) for _ in range(3)]
    make_clip()
    Clip.objects.filter(pk__in=[clip.pk for clip in clips]).update(requested_at=NOW)

    beside = {clip.pk: archive.neighbours_of(member, Clip.objects.get(pk=clip.pk)) for clip in clips}

    assert [(near.before, near.after) for near in beside.values()] == [
        (second.pk, None),
        (third.pk, first.pk),
        (None, second.pk),
    ]


def test_what_is_new_is_counted(member: Membership, live: Live) -> None:
    assert archive.newest(member) == 0
    first, second = make_clip(live), make_clip(live)
    make_clip()

    assert archive.newest(member) == second.pk
    assert archive.count_after(member, first.pk) == 1


def test_clips_of_a_stretch_show_something_of_it(member: Membership, live: Live) -> None:
    inside, across = (make_clip(live, from_s=from_s, to_s=from_s + 40.0) for from_s in (100.0, 70.0))
    make_clip(live, from_s=200.0, to_s=240.0)
    make_clip(on_air(member.workspace), from_s=100.0, to_s=140.0)

    assert list(archive.of_stretch(member, live.pk, 105.0, 150.0)) == [across, inside]


def test_what_a_rule_asked_for_is_reached_by_who_sees_clips(member: Membership, live: Live) -> None:
    asked, other = make_firing(live), make_firing(live, at_s=90.0)
    clip, replay = make_clip(live, firing=asked), make_clip(live, firing=asked, obs=make_obs(member.workspace))
    make_clip(live)

    pages = archive.pages_of_firings(member, [asked.pk, other.pk])

    assert pages == {
        (asked.pk, "clip"): f"/w/{member.workspace.slug}/clips/{clip.pk}/",
        (asked.pk, "replay"): f"/w/{member.workspace.slug}/clips/{replay.pk}/",
    }
    assert archive.pages_of_firings(make_membership(), [asked.pk]) == {}
    member.workspace.modules = ["rules"]
    assert archive.pages_of_firings(make_membership(workspace=member.workspace), [asked.pk]) == {}


# ── what can be chosen ──


def test_what_can_be_chosen_is_what_there_is(member: Membership, live: Live) -> None:
    firing = make_firing(live)
    make_clip(live, firing=firing, author=make_chatter(member.workspace), tags=["Zoo", "été"])
    make_clip(live, tags=["zoo", "été"], requested_by=member.user)
    make_clip(tags=["elsewhere"])

    assert list(archive.rules_of(member)) == [firing.version.rule]
    assert archive.tags_of(member) == ["Zoo", "zoo", "été"]
    assert archive.chatters_of(member) == ["anna_92"]


def test_room_is_what_the_files_of_the_team_take(member: Membership, live: Live) -> None:
    assert archive.room_used(member.workspace_id) == 0
    make_clip(live, content=b"12345")
    make_clip(live, "requested")
    make_clip(content=b"1")

    assert archive.room_used(member.workspace_id) == 5
