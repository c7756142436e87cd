"""Marks: of persons, of bursts, of the platform's moderators."""

from dataclasses import replace

import pytest

from tests.factories import NOW, make_channel, make_live, make_membership, make_workspace
from tests.watch.audiences import heard
from vigie.events import Acted, Event, MarkPlaced, ModeratorActed
from vigie.people.models import Preset, Workspace
from vigie.watch import operations
from vigie.watch.chatters import pseudonym_of
from vigie.watch.models import Chatter, LiveMark
from vigie.watch.operations import chat
from vigie.watch.operations.chat import Roll
from vigie.watch.timeline import Hole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]
ACT = ModeratorActed("e1", NOW, "timeout", "momo", target="camille", reason="spam", duration_s=600.0, target_id="1001")


def test_a_person_places_a_mark_and_takes_it_away(told: list[Event]) -> None:
    live = make_live()
    member = make_membership(workspace=live.channel.workspace)

    mark = operations.place_mark(live, Hole(10.0, 20.0), "à réécouter", actor=member, now=NOW)

    told_mark = {"from_s": 10.0, "to_s": 20.0, "label": "à réécouter"}
    acted = Acted(member.workspace_id, member.user_id, "mark.placed", "live", str(live.pk), told_mark)
    assert told == [acted, MarkPlaced(member.workspace_id, live.pk, mark.pk)]
    operations.remove_mark(mark, actor=member)
    assert not LiveMark.objects.exists()
    assert isinstance(told[-1], Acted)
    assert told[-1].verb == "mark.removed"


def test_a_burst_that_goes_on_is_one_mark() -> None:
    live = make_live()
    for from_s, to_s in ((20.0, 30.0), (10.0, 40.0), (20.0, 40.0)):
        operations.mark_burst(live, Hole(from_s, to_s), now=NOW)

    assert list(LiveMark.objects.values_list("kind", "from_s", "to_s")) == [("burst", 20.0, 40.0)]


def test_what_a_moderator_of_the_platform_did_is_marked_once() -> None:
    live = make_live()
    for _ in range(2):
        operations.mark_act(live, ACT, 12.5)

    assert list(LiveMark.objects.values_list("kind", "from_s", "label")) == [("platform", 12.5, "timeout camille spam")]


def test_whom_a_moderator_sanctioned_is_a_pseudonym_where_the_team_wants_that() -> None:
    live = make_live(make_channel(make_workspace(preset=Preset.PUBLIC_BODY)))
    chat.store_chat([heard(live, "a")], Roll(), NOW)
    chatter = Chatter.objects.get()

    mark = operations.mark_act(live, ACT, 12.5)

    assert (mark.label, mark.target_key) == (f"timeout {chatter.pseudonym}", chatter.key)


def test_whom_nobody_can_number_is_not_named_where_the_team_pseudonymises() -> None:
    live = make_live(make_channel(make_workspace(preset=Preset.PUBLIC_BODY)))

    mark = operations.mark_act(live, replace(ACT, target_id=""), 12.5)

    assert (mark.label, mark.target_key) == ("timeout", "")


def test_nobody_is_named_by_a_live_that_remembers_its_team_from_before_it_pseudonymised() -> None:
    live = make_live(make_channel(make_workspace(preset=Preset.CREATOR)))
    assert not live.channel.workspace.pseudonymises
    Workspace.objects.update(preset=Preset.PUBLIC_BODY)

    mark = operations.mark_act(live, ACT, 12.5)

    assert "camille" not in mark.label
    assert mark.label == f"timeout {pseudonym_of(mark.target_key)}"


def test_a_burst_grows_no_mark_of_a_person_nor_of_another_live() -> None:
    live, other = make_live(), make_live()
    member = make_membership(workspace=live.channel.workspace)
    operations.place_mark(live, Hole(10.0, 25.0), "à réécouter", actor=member, now=NOW)
    operations.mark_burst(other, Hole(10.0, 25.0), now=NOW)

    operations.mark_burst(live, Hole(20.0, 40.0), now=NOW)

    found = LiveMark.objects.order_by("pk").values_list("live", "kind", "from_s", "to_s")
    assert list(found) == [
        (live.pk, "person", 10.0, 25.0),
        (other.pk, "burst", 10.0, 25.0),
        (live.pk, "burst", 20.0, 40.0),
    ]


def test_a_burst_that_only_touches_the_last_is_another_one(told: list[Event]) -> None:
    live = make_live()
    for from_s, to_s in ((10.0, 20.0), (20.0, 30.0), (10.0, 15.0)):
        operations.mark_burst(live, Hole(from_s, to_s), now=NOW)

    assert list(LiveMark.objects.order_by("from_s").values_list("from_s", "to_s")) == [(10.0, 20.0), (20.0, 30.0)]
    assert [type(event) for event in told] == [MarkPlaced] * 2


def test_labels_are_cut_to_their_place_and_odd_signs_left_out() -> None:
    live = make_live()
    member = make_membership(workspace=live.channel.workspace)

    placed = operations.place_mark(live, Hole(1.0, 2.0), "é" * 500, actor=member, now=NOW)
    acted = operations.mark_act(live, replace(ACT, message_id="e\0" + "9" * 99, reason="\ud83d" + "x" * 500), 3.0)

    assert placed.label == "é" * 120
    assert (acted.label, len(acted.platform_id)) == (f"timeout camille ?{'x' * 500}"[:120], 64)
