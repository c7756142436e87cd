from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.clips.rows import make_clip
from tests.factories import NOW, make_assessment, make_channel, make_live, make_membership, make_utterance
from tests.rules.rows import make_rule, spec
from tests.site.audiences import make_audience, sample, write
from vigie.clips.models import Clip
from vigie.people.models import Membership, Preset
from vigie.rules.models import Firing
from vigie.runtime.models import WorkState
from vigie.site import stretches
from vigie.site.lanes import Bars, Count, Curve, Frame
from vigie.site.stretches import Picked, Sight, TableRow
from vigie.site.strips import Strip
from vigie.watch import operations
from vigie.watch.models import Gap, Live, LiveMark, MarkKind, Track
from vigie.watch.timeline import Hole

pytestmark = pytest.mark.django_db

ALL = Sight(has_words=True, has_chat=True, has_audience=True, has_clips=True, has_rules=True)
NOTHING = Sight(False, False, False)
MINUTE = Frame(0.0, 60.0)


@pytest.fixture
def member() -> Membership:
    return make_membership("moderator")


@pytest.fixture
def live(member: Membership) -> Live:
    return make_audience(member.workspace)


def mark(live: Live, at_s: float, by: Membership, label: str = "") -> LiveMark:
    return operations.place_mark(live, Hole(at_s, at_s), label, actor=by, now=NOW)


# ── who sees what ──


def test_a_moderator_sees_words_and_chat(member: Membership, live: Live) -> None:
    assert stretches.sight_of(member, live) == ALL


def test_a_team_that_reads_no_chats_sees_nothing_of_them(member: Membership, live: Live) -> None:
    member.workspace.modules = ["moderation"]

    assert stretches.sight_of(member, live) == Sight(has_words=True, has_chat=False, has_audience=False)


def test_a_live_of_the_web_has_no_audience(member: Membership) -> None:
    web = make_live(make_channel(member.workspace))

    sight = stretches.sight_of(member, web)

    assert sight == Sight(has_words=True, has_chat=False, has_audience=False, has_clips=True, has_rules=True)


def test_who_manages_a_public_body_sees_how_much_is_written_alone() -> None:
    administrator = make_membership("administrator")
    administrator.workspace.preset = Preset.PUBLIC_BODY
    live = make_audience(administrator.workspace)

    sight = stretches.sight_of(administrator, live)
    assert sight == Sight(has_words=False, has_chat=False, has_audience=True, has_rules=True)


def test_clips_of_a_window_are_drawn_for_whoever_sees_clips(live: Live) -> None:
    shown, _elsewhere, gone = (
        make_clip(live, "requested", from_s=from_s, to_s=from_s + 20.0) for from_s in (10.0, 400.0, 12.0)
    )
    Clip.objects.filter(pk=gone.pk).update(removed_at=NOW)

    drawn = stretches.drawn(live, MINUTE, 500.0, ALL)

    assert drawn.clips is not None
    assert [(pin.moment.label, pin.moment.key) for pin in drawn.clips] == [("C-1", shown.pk)]
    assert drawn.clips[0].run.x.startswith("16.6")
    assert stretches.drawn(live, MINUTE, 500.0, NOTHING).clips is None


def fired(live: Live, at_s: float, **fields: Any) -> Firing:
    """Return something that a rule did then."""
    version = make_rule(live.channel.workspace, spec("Clip it"))
    usual: dict[str, Any] = {"deed": "acted", "trigger": f"chat:{at_s}", "refs": [], "since_s": at_s}
    return Firing.objects.create(version=version, live=live, at=NOW, at_s=at_s, noted_at=NOW, **(usual | fields))


def test_what_rules_did_in_a_window_is_drawn_for_whoever_sees_rules(live: Live) -> None:
    fired(live, 10.0)
    fired(live, 30.0, deed="held", brake="QUORUM", figures={"people": 1, "needed": 2})
    fired(live, 400.0)

    drawn = stretches.drawn(live, MINUTE, 500.0, ALL)

    assert drawn.rules is not None
    assert [(pin.moment.label, pin.moment.kind) for pin in drawn.rules] == [
        ("1: Clip it", "acted"),
        ("2: Clip it · Quorum: 1 of 2", "held"),
    ]
    assert drawn.rules[1].run.x.startswith("50")
    assert stretches.drawn(live, MINUTE, 500.0, NOTHING).rules is None


@pytest.mark.parametrize("count", [1, 3])
def test_lanes_ask_as_much_for_what_rules_did_three_times_as_for_once(live: Live, count: int) -> None:
    for place in range(count):
        fired(live, 10.0 + place)

    with CaptureQueriesContext(connection) as asked:
        stretches.drawn(live, MINUTE, 500.0, Sight(False, False, False, has_rules=True))

    assert len([query for query in asked if "rules_" in query["sql"]]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_lanes_ask_as_much_for_three_clips_as_for_one(live: Live, count: int) -> None:
    for _ in range(count):
        make_clip(live, "requested")

    with CaptureQueriesContext(connection) as asked:
        stretches.drawn(live, MINUTE, 500.0, Sight(False, False, False, has_clips=True))

    assert len([query for query in asked if "clips_clip" in query["sql"]]) == 1


# ── what is counted and judged ──


def test_counted_adds_up_steps_in_the_database(live: Live) -> None:
    for at_s, viewers, messages in ((0, 10, 1), (10, 30, 2), (20, 20, 4), (60, 99, 99)):
        sample(live, at_s, viewers=viewers, messages=messages)
    sample(live, 30, messages=8)

    assert stretches.counted(live, MINUTE, 20) == [Count(0, 30, 3), Count(20, 20, 12)]
    assert stretches.counted(live, Frame(15.0, 60.0), 10)[0] == Count(10, 30, 2)


def test_scored_is_the_highest_of_each_run_of_cells(live: Live) -> None:
    for start_s, score in ((0.0, 0.2), (0.5, 0.6), (30.0, 0.9)):
        make_assessment(make_utterance(live, start_s=start_s), score=score)

    assert sorted(stretches.scored(live, MINUTE, 6)) == [(5.0, 5.0, 0.6), (35.0, 35.0, 0.9)]


# ── the lanes ──


def test_drawn_shows_what_the_live_has(member: Membership, live: Live) -> None:
    sample(live, 0, viewers=40, messages=3)
    make_assessment(make_utterance(live), score=0.5)
    mark(live, 30.0, member, "again")
    Gap.objects.create(live=live, from_s=10, to_s=20, cause="x")
    Gap.objects.create(live=live, track=Track.CHAT, from_s=10, to_s=15, cause="x")

    drawn = stretches.drawn(live, MINUTE, 50.0, ALL)

    assert drawn.viewers is not None
    assert drawn.viewers.last == 40
    assert drawn.chat is not None
    assert drawn.chat.path
    assert drawn.risk is not None
    assert drawn.risk.peak == 0.5
    assert [pin.moment.label for pin in drawn.pins] == [f"{member.alias}: again"]
    assert (len(drawn.media_holes), len(drawn.chat_holes), drawn.lost_s) == (1, 1, 10.0)
    assert len(drawn.risk.gaps) == 1  # what was not heard; the chat has its own lane
    assert drawn.overview_kind == "viewers"


def test_drawn_of_who_may_see_nothing_holds_viewers_and_gaps_of_the_sound(member: Membership, live: Live) -> None:
    sample(live, 0, viewers=40, messages=3)
    make_assessment(make_utterance(live), score=0.5)
    mark(live, 30.0, member, "again")
    Gap.objects.create(live=live, track=Track.CHAT, from_s=10, to_s=15, cause="x")

    drawn = stretches.drawn(live, MINUTE, 50.0, NOTHING)

    assert (drawn.chat, drawn.risk, drawn.pins, drawn.holes) == (None, None, (), ())
    assert drawn.viewers is not None


@pytest.mark.parametrize(("has_viewers", "kind"), [(True, Curve), (False, Bars)])
def test_overview_is_of_viewers_else_of_the_chat(live: Live, *, has_viewers: bool, kind: type) -> None:
    sample(live, 0, messages=3, **({"viewers": 5} if has_viewers else {}))

    assert isinstance(stretches.drawn(live, MINUTE, 50.0, ALL).overview, kind)


def test_overview_of_a_live_of_the_web_is_its_risk() -> None:
    web = make_live()
    make_assessment(make_utterance(web))

    drawn = stretches.drawn(web, MINUTE, 50.0, Sight(has_words=True, has_chat=False, has_audience=False))

    assert isinstance(drawn.overview, Strip)
    assert drawn.viewers is None


def test_drawn_asks_as_much_for_six_hours_as_for_five_minutes(member: Membership, live: Live) -> None:
    asked = []
    for length_s, rows in ((300.0, 3), (21_600.0, 60)):
        for row in range(LiveMark.objects.count(), rows):
            sample(live, row * 300, viewers=row, messages=row)
            make_assessment(make_utterance(live, start_s=row * 300.0))
            mark(live, row * 300.0, member)
            Gap.objects.create(live=live, from_s=row * 300 + 10, to_s=row * 300 + 20, cause="x")
        with CaptureQueriesContext(connection) as queries:
            stretches.drawn(live, Frame(0.0, length_s), length_s, ALL)
        asked.append(len(queries))

    assert asked == [8, 8]


@pytest.mark.parametrize(
    ("sight", "kinds"),
    [
        (ALL, {"person", "burst", "platform"}),
        (Sight(has_words=True, has_chat=False, has_audience=True), {"person", "burst"}),
        (Sight(has_words=False, has_chat=False, has_audience=True), {"burst"}),
        (NOTHING, set()),
    ],
)
def test_marks_are_those_that_a_reader_may_see(live: Live, sight: Sight, kinds: set[str]) -> None:
    for kind in MarkKind.values:
        LiveMark.objects.create(live=live, kind=kind, from_s=5, to_s=6, platform_id=kind, placed_at=NOW)

    assert {found.kind for found in stretches.marks_of(live, MINUTE, sight)} == kinds


def test_a_mark_says_who_placed_it_or_what_it_is(member: Membership, live: Live) -> None:
    burst = LiveMark.objects.create(live=live, kind=MarkKind.BURST, from_s=5, to_s=6, placed_at=NOW)

    assert stretches.said_of(mark(live, 1.0, member, "again")) == f"{member.alias}: again"
    assert stretches.said_of(mark(live, 1.0, member)) == member.alias
    assert stretches.said_of(burst) == "burst of the audience"


# ── the table ──


def test_table_has_a_row_a_step_and_says_what_is_not_known(live: Live) -> None:
    sample(live, 0, viewers=40, messages=3)
    make_assessment(make_utterance(live, start_s=8.0), score=0.5)

    rows = stretches.table_of(live, Frame(0.0, 60.0), ALL)

    assert rows[:3] == [TableRow(0, 40, 18, 0.5), TableRow(10, None, 0, 0.5), TableRow(20, None, 0, None)]
    assert len(rows) == 6


@pytest.mark.parametrize("length_s", [60.0, 1800.0, 21_600.0])
def test_table_is_short(live: Live, length_s: float) -> None:
    assert len(stretches.table_of(live, Frame(7.0, 7.0 + length_s), ALL)) <= stretches.ROWS + 1


def test_table_of_who_may_see_nothing_holds_viewers_alone(live: Live) -> None:
    sample(live, 0, viewers=40, messages=3)
    make_assessment(make_utterance(live), score=0.5)

    assert stretches.table_of(live, MINUTE, NOTHING)[0] == TableRow(0, 40, None, None)


# ── a selection ──


def test_picked_counts_what_it_holds(live: Live) -> None:
    for start_s, score in ((0.0, 0.9), (12.0, 0.4), (40.0, 0.8)):
        make_assessment(make_utterance(live, start_s=start_s), score=score)
    make_utterance(live, start_s=18.0, text="", state=WorkState.PENDING)
    write(live, "before", at_s=9.0)
    write(live, "one", "two", at_s=10.0)
    write(live, "after", at_s=20.0)

    picked = Picked(live, 10.0, 20.0, ALL)

    assert (picked.length_s, picked.utterances, picked.messages, picked.peak) == (10.0, 1, 2, 0.4)
    assert [line.at_s for line in picked.lines] == [12.0]
    assert [message.text for message in picked.chat.messages] == ["one", "two"]


def test_picked_is_as_long_as_it_says(live: Live) -> None:
    assert Picked(live, 11.4, 21.4, NOTHING).length_s == 10.0  # 9.999... otherwise


def test_picked_shows_what_was_not_heard_in_it(live: Live) -> None:
    Gap.objects.create(live=live, from_s=5, to_s=12, cause="x")
    Gap.objects.create(live=live, track=Track.CHAT, from_s=5, to_s=12, cause="x")

    assert [line.gap is not None for line in Picked(live, 10.0, 20.0, ALL).lines] == [True]


def test_picked_of_who_may_see_nothing_is_its_length(live: Live) -> None:
    make_assessment(make_utterance(live), score=0.9)
    write(live, "one")

    picked = Picked(live, 0.0, 20.0, NOTHING)

    assert (picked.utterances, picked.messages, picked.peak, picked.lines) == (None, None, None, [])
    assert picked.chat.messages == []
