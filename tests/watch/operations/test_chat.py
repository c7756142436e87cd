"""A message is a row once, whoever delivers it and how often; who wrote it may be sealed, revealed, erased."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_live, make_membership, make_workspace
from tests.watch.audiences import Fields, heard, somebody
from vigie.events import (
    Acted,
    ActivityKind,
    AudienceActive,
    Badge,
    Event,
    MessagesHidden,
    MessagesRemoved,
    ModeratorActed,
)
from vigie.people.models import Preset, Workspace
from vigie.runtime.sealing import CannotUnseal
from vigie.watch.chatters import Identity
from vigie.watch.models import ChatMessage, Chatter, ErasedMessage, Live, LiveMark
from vigie.watch.operations import chat
from vigie.watch.operations.chat import NoReason, Roll
from vigie.watch.operations.marks import mark_act

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def acts_of(told: list[Event]) -> list[Acted]:
    return [event for event in told if isinstance(event, Acted)]


def erase(chatter: Chatter) -> int:
    return chat.erase_chatter(chatter, actor=make_membership(workspace=chatter.workspace), reason="request 4")


def stored(live: Live) -> list[tuple[str, str, float]]:
    return list(ChatMessage.objects.filter(live=live).order_by("pk").values_list("platform_id", "text", "at_s"))


def test_store_chat_writes_a_batch_in_order_and_tells_each_live(told: list[Event]) -> None:
    one, two = make_live(), make_live()
    batch = [heard(one, "a", text="first", at_s=1.5), heard(two, "a", at_s=2.0), heard(one, "b", by=2, at_s=3.0)]

    assert chat.store_chat(batch, Roll(), NOW) == 3

    assert stored(one) == [("a", "first", 1.5), ("b", "hello", 3.0)]
    ids = {live.pk: tuple(live.messages.order_by("pk").values_list("pk", flat=True)) for live in (one, two)}
    assert told == [AudienceActive(live.channel.workspace_id, live.pk, ids[live.pk]) for live in (one, two)]


def test_store_chat_writes_what_was_delivered_twice_once(told: list[Event]) -> None:
    live = make_live()
    chat.store_chat([heard(live, "a"), heard(live, "a", text="again")], Roll(), NOW)

    assert chat.store_chat([heard(live, "a"), heard(live, "b")], Roll(), NOW) == 1
    assert chat.store_chat([heard(live, "b")], Roll(), NOW) == 0
    assert chat.store_chat([], Roll(), NOW) == 0

    assert [row[0] for row in stored(live)] == ["a", "b"]
    assert len(told) == 2


def test_store_chat_knows_ids_that_are_longer_than_it_keeps() -> None:
    live, long = make_live(), "x" * 100

    assert [chat.store_chat([heard(live, long)], Roll(), NOW) for _ in range(2)] == [1, 0]


def test_store_chat_keeps_what_was_given_and_who_gave_it() -> None:
    live = make_live()
    moderator = somebody(3, Badge.SUBSCRIBER, Badge.MODERATOR)
    given = heard(live, "g", by=moderator, kind=ActivityKind.GIFT, text="Rose", count=5, value=5, is_history=True)
    chat.store_chat([given], Roll(), NOW)

    row = ChatMessage.objects.get()
    assert (row.kind, row.text, row.count, row.value, row.badges, row.is_history) == (
        "gift",
        "Rose",
        5,
        5,
        "moderator subscriber",
        True,
    )


@pytest.mark.parametrize(("at_s", "expected"), [(-30.0, 0.0), (12.25, 12.25)])
def test_what_was_written_before_the_live_began_lies_at_its_beginning(at_s: float, expected: float) -> None:
    live = make_live()
    chat.store_chat([heard(live, "a", at_s=at_s)], Roll(), NOW)

    assert stored(live)[0][2] == expected


def test_a_person_is_one_chatter_of_a_workspace_and_another_elsewhere() -> None:
    workspace = make_workspace()
    lives = [make_live(make_channel(workspace)), make_live(make_channel(workspace)), make_live()]
    for live in lives:
        chat.store_chat([heard(live, "a"), heard(live, "b", by=2)], Roll(), NOW)

    assert Chatter.objects.filter(workspace=workspace).count() == 2
    assert Chatter.objects.count() == 4
    assert Chatter.objects.values("key").distinct().count() == 4


def test_a_roll_that_knows_somebody_asks_for_nobody() -> None:
    live, roll = make_live(), Roll()
    chat.store_chat([heard(live, "a")], roll, NOW)

    assert set(roll.ids) == {(live.channel.workspace_id, "web", "1001")}
    chat.store_chat([heard(live, "b")], roll, NOW)
    assert len(stored(live)) == 2


def test_a_roll_forgets_who_was_not_seen_for_longest() -> None:
    roll = Roll(most=2)
    for number in (1, 2, 1, 3):
        roll.remember((1, "web", str(number)), number)
    roll.trim()

    assert list(roll.ids.values()) == [1, 3]


def test_a_batch_of_more_people_than_are_remembered_is_stored() -> None:
    live, roll = make_live(), Roll(most=2)

    assert chat.store_chat([heard(live, str(number), by=number % 5) for number in range(20)], roll, NOW) == 20
    assert len(roll.ids) == 2


def test_what_no_database_takes_is_left_out_of_a_text() -> None:
    live = make_live()
    chat.store_chat([heard(live, "a\x00", text="a\x00b\ud800")], Roll(), NOW)

    assert stored(live) == [("a", "ab?", 0.0)]


@pytest.mark.django_db(transaction=True)
def test_somebody_erased_meanwhile_is_refused_so_that_the_writer_tries_again() -> None:
    live, roll = make_live(), Roll()
    chat.store_chat([heard(live, "a")], roll, NOW)
    ChatMessage.objects.all().delete()
    Chatter.objects.all().delete()

    with pytest.raises(IntegrityError):
        chat.store_chat([heard(live, "b")], roll, NOW)


def test_who_somebody_is_is_sealed_where_the_team_wants_that() -> None:
    body = make_live(make_channel(make_workspace(preset=Preset.PUBLIC_BODY)))
    other = make_live()
    for live in (body, other):
        chat.store_chat([heard(live, "a")], Roll(), NOW)

    hidden, open_ = (Chatter.objects.get(workspace=live.channel.workspace) for live in (body, other))
    assert (hidden.login, hidden.name, hidden.shown) == ("", "", hidden.pseudonym)
    assert "viewer1" not in hidden.sealed
    assert (open_.login, open_.name, open_.sealed, open_.shown) == ("viewer1", "Viewer 1", "", "Viewer 1")


def test_nobody_is_named_once_the_team_pseudonymises_whatever_it_did_when_they_were_heard() -> None:
    live = make_live(make_channel(make_workspace(preset=Preset.CREATOR)))
    batch, roll = [heard(live, "a"), heard(live, "b", by=2)], Roll()
    chat.store_chat(batch[:1], roll, NOW)
    Workspace.objects.update(preset=Preset.PUBLIC_BODY)

    chat.store_chat(batch[1:], roll, NOW)

    assert list(Chatter.objects.order_by("pk").values_list("login", "name")) == [("viewer1", "Viewer 1"), ("", "")]


def test_store_chat_asks_for_workspaces_only_for_people_not_seen_before(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    live, roll = make_live(), Roll()

    with CaptureQueriesContext(connection) as first:
        chat.store_chat([heard(live, "a")], roll, NOW)
    assert "people_workspace" in str(first.captured_queries)
    with django_assert_num_queries(4):  # the transaction, what is known, what is new
        chat.store_chat([heard(live, "b", is_history=True)], roll, NOW)


def test_reveal_identity_is_accounted_for_with_its_reason(told: list[Event]) -> None:
    live = make_live(make_channel(make_workspace(preset=Preset.PUBLIC_BODY)))
    chat.store_chat([heard(live, "a")], Roll(), NOW)
    chatter, member = Chatter.objects.get(), make_membership(workspace=live.channel.workspace)

    identity = chat.reveal_identity(chatter, actor=member, reason=" threat, case 12 ")

    assert identity == Identity("1001", "viewer1", "Viewer 1")
    expected = Acted(
        member.workspace_id,
        member.user_id,
        "chatter.revealed",
        "chatter",
        str(chatter.pk),
        {"reason": "threat, case 12", "pseudonym": chatter.pseudonym},
    )
    assert told == [AudienceActive(member.workspace_id, live.pk, (live.messages.get().pk,)), expected]


def test_nobody_is_revealed_or_erased_without_a_reason(told: list[Event]) -> None:
    live = make_live()
    chat.store_chat([heard(live, "a")], Roll(), NOW)
    chatter, member = Chatter.objects.get(), make_membership(workspace=live.channel.workspace)

    for operation in (chat.reveal_identity, chat.erase_chatter):
        with pytest.raises(NoReason):
            operation(chatter, actor=member, reason=" ")

    assert (acts_of(told), ChatMessage.objects.count()) == ([], 1)


def test_erase_chatter_removes_a_person_and_all_they_wrote(told: list[Event]) -> None:
    live = make_live()
    chat.store_chat([heard(live, "a"), heard(live, "b"), heard(live, "c", by=2)], Roll(), NOW)
    member = make_membership(workspace=live.channel.workspace)

    chatter = Chatter.objects.get(login="viewer1")
    subject = str(chatter.pk)
    erased = chat.erase_chatter(chatter, actor=member, reason="request 4")

    assert (erased, [row[0] for row in stored(live)]) == (2, ["c"])
    payload = {"reason": "request 4", "messages": 2, "pseudonym": chatter.pseudonym}
    assert [(act.verb, act.subject_id, act.payload) for act in acts_of(told)] == [("chatter.erased", subject, payload)]


def test_erase_chatter_leaves_no_word_of_them_in_the_marks_of_their_workspace() -> None:
    live, elsewhere = make_live(), make_live()
    for where in (live, elsewhere):
        chat.store_chat([heard(where, "a")], Roll(), NOW)
        for number in (1, 2):
            act = ModeratorActed(f"e{number}", NOW, "ban", "momo", f"viewer{number}", target_id=f"100{number}")
            mark_act(where, act, float(number))
    chatter = Chatter.objects.get(workspace=live.channel.workspace)

    chat.erase_chatter(chatter, actor=make_membership(workspace=live.channel.workspace), reason="request 4")

    marks = LiveMark.objects.order_by("from_s")
    assert [(mark.label, mark.target_key == "") for mark in marks.filter(live=live)] == [
        ("", True),
        ("ban viewer2", False),
    ]
    assert [mark.label for mark in marks.filter(live=elsewhere)] == ["ban viewer1", "ban viewer2"]


@pytest.mark.parametrize("is_history", [True, False])
def test_who_was_erased_is_not_brought_back_by_a_replay(is_history: bool) -> None:  # noqa: FBT001 -- a column of the table
    live, roll = make_live(), Roll()
    said = [heard(live, "a"), heard(live, "b"), heard(live, "c", by=2)]
    chat.store_chat(said, roll, NOW)
    erase(Chatter.objects.get(login="viewer1"))

    again = [heard(live, name, is_history=is_history) for name in ("a", "b")]
    assert chat.store_chat([*again, heard(live, "c", by=2)], Roll(), NOW) == 0
    assert (stored(live), Chatter.objects.count()) == ([("c", "hello", 0.0)], 1)
    assert chat.store_chat([heard(live, "d")], Roll(), NOW) == 1


def test_who_comes_back_is_erased_again() -> None:
    live = make_live()
    for name in ("a", "b"):
        chat.store_chat([heard(live, name)], Roll(), NOW)
        erase(Chatter.objects.get())

    assert chat.store_chat([heard(live, name, is_history=True) for name in ("a", "b")], Roll(), NOW) == 0


def test_numbers_are_kept_of_lives_that_may_go_on_and_of_no_others() -> None:
    channel = make_channel()
    former, last = (
        make_live(channel, started_at=NOW - timedelta(hours=hours), ended_at=NOW - timedelta(hours=hours - 1))
        for hours in (5, 2)
    )
    other = make_live(make_channel(channel.workspace), started_at=NOW - timedelta(hours=9))
    for live in (former, last, other):
        chat.store_chat([heard(live, f"{live.pk}a"), heard(live, f"{live.pk}b", by=2)], Roll(), NOW)

    erase(Chatter.objects.get(login="viewer1"))

    kept = ErasedMessage.objects.order_by("pk").values_list("live", "platform_id")
    assert set(kept) == {(live.pk, f"{live.pk}a") for live in (last, other)}
    last.delete()
    assert ErasedMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("removed", "expected"),
    [
        (MessagesRemoved(NOW, message_id="a"), ["a"]),
        (MessagesRemoved(NOW, chatter_id="1001"), ["a", "b"]),
        (MessagesRemoved(NOW), ["a", "b", "c"]),
        (MessagesRemoved(NOW, message_id="unknown"), []),
    ],
)
def test_mark_removed_notes_what_the_platform_took_away(removed: MessagesRemoved, expected: list[str]) -> None:
    live, other = make_live(), make_live()
    batch = [heard(live, "a"), heard(live, "b"), heard(live, "c", by=2), heard(other, "a")]
    chat.store_chat(batch, Roll(), NOW)

    assert chat.mark_removed(live, removed) == len(expected)

    gone = ChatMessage.objects.exclude(removed_at=None).order_by("pk").values_list("live", "platform_id")
    assert list(gone) == [(live.pk, message_id) for message_id in expected]


def test_mark_removed_tells_which_messages_the_last_ones_where_they_are_many(told: list[Event]) -> None:
    live = make_live()
    chat.store_chat([heard(live, f"m{number}") for number in range(chat.MOST_TOLD + 5)], Roll(), NOW)
    ids = list(live.messages.order_by("-pk").values_list("pk", flat=True))

    chat.mark_removed(live, MessagesRemoved(NOW, message_id="unknown"))
    chat.mark_removed(live, MessagesRemoved(NOW))

    hidden = [event for event in told if isinstance(event, MessagesHidden)]
    assert hidden == [MessagesHidden(live.channel.workspace_id, live.pk, tuple(ids[: chat.MOST_TOLD]))]


def test_still_wanted_forgets_lives_that_are_gone() -> None:
    live, gone = make_live(), make_live()
    batch = [heard(live, "a"), heard(gone, "b")]
    gone.delete()

    assert chat.still_wanted(batch) == batch[:1]


def test_taking_a_chat_away_is_accounted_for(told: list[Event]) -> None:
    live = make_live()
    member = make_membership(workspace=live.channel.workspace)
    chat.record_export(live, actor=member, form="csv")

    assert [(act.verb, act.subject_id, act.payload) for act in acts_of(told)] == [
        ("chat.exported", str(live.pk), {"form": "csv"})
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"text": "é" * 2000}, {"text": "é" * chat.LONGEST_TEXT}),
        ({"count": -3, "value": -7}, {"count": 0, "value": 0}),
        ({"count": 2**40, "value": 2**31}, {"count": 2**31 - 1, "value": 2**31 - 1}),
    ],
)
def test_what_fits_no_column_is_made_to_fit(given: Fields, kept: dict[str, object]) -> None:
    live = make_live()
    chat.store_chat([heard(live, "a", **given)], Roll(), NOW)

    assert ChatMessage.objects.values(*kept).get() == kept


def test_what_was_taken_away_once_keeps_its_moment_and_is_told_once(told: list[Event]) -> None:
    live = make_live()
    chat.store_chat([heard(live, "a"), heard(live, "b")], Roll(), NOW)
    chat.mark_removed(live, MessagesRemoved(NOW, message_id="a"))

    later = MessagesRemoved(NOW + timedelta(hours=1))
    assert [chat.mark_removed(live, later) for _ in range(2)] == [1, 0]

    moments = dict(ChatMessage.objects.values_list("platform_id", "removed_at"))
    assert moments == {"a": NOW, "b": later.at}
    assert [type(event) for event in told].count(MessagesHidden) == 2


def test_what_was_given_or_done_is_not_taken_away_with_the_words() -> None:
    live = make_live()
    chat.store_chat([heard(live, "a"), heard(live, "gift", kind=ActivityKind.GIFT)], Roll(), NOW)

    assert chat.mark_removed(live, MessagesRemoved(NOW, chatter_id="1001")) == 1
    assert ChatMessage.objects.get(platform_id="gift").removed_at is None


def test_who_cannot_be_revealed_is_not_accounted_for_as_revealed(told: list[Event], settings: Settings) -> None:
    live = make_live(make_channel(make_workspace(preset=Preset.PUBLIC_BODY)))
    chat.store_chat([heard(live, "a")], Roll(), NOW)
    settings.SECRET_KEY = "another"

    with pytest.raises(CannotUnseal):
        chat.reveal_identity(
            Chatter.objects.get(), actor=make_membership(workspace=live.channel.workspace), reason="case 12"
        )

    assert acts_of(told) == []


def test_erasing_somebody_leaves_what_they_wrote_to_another_team() -> None:
    ours, theirs = make_live(), make_live()
    for live in (ours, theirs):
        chat.store_chat([heard(live, "a")], Roll(), NOW)

    erase(Chatter.objects.get(workspace=ours.channel.workspace))

    assert (stored(ours), stored(theirs)) == ([], [("a", "hello", 0.0)])
    assert list(ErasedMessage.objects.values_list("live", flat=True)) == [ours.pk]
