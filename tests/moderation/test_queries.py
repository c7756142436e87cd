from datetime import timedelta
from itertools import product

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import (
    NOW,
    make_alert,
    make_assessment,
    make_channel,
    make_decision,
    make_live,
    make_membership,
    make_utterance,
    make_workspace,
)
from vigie.moderation import queries
from vigie.moderation.models import Alert, Decision
from vigie.moderation.moment import Hole, Judgement, Speech, Window
from vigie.moderation.queries import History, Neighbours, News
from vigie.people.models import Membership
from vigie.watch.models import Gap, Live, Track

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=90)


@pytest.fixture
def member() -> Membership:
    return make_membership()


def an_alert(
    member: Membership, *, score: float = 0.8, state: str = "pending", after_s: float = 0, ended: bool = False
) -> Alert:
    live = make_live(make_channel(member.workspace), ended_at=NOW if ended else None)
    assessment = make_assessment(make_utterance(live), score=score)
    return make_alert(assessment, state=state, raised_at=NOW + timedelta(seconds=after_s))


def pks(alerts: list[Alert]) -> list[int]:
    return [alert.pk for alert in alerts]


# ── the queue ──


def test_pending_then_severity_then_on_air(member: Membership) -> None:
    backwards = [
        an_alert(member, state=state, score=score, ended=ended)
        for state, score, ended in product(["dismissed", "pending"], [0.1, 0.5, 0.9], [True, False])
    ]

    assert list(queries.alerts_for(member)) == backwards[::-1]


def test_within_a_severity_the_score_does_not_count(member: Membership) -> None:
    older, worse = an_alert(member, score=0.71, after_s=0), an_alert(member, score=0.99, after_s=60)

    assert list(queries.alerts_for(member)) == [older, worse]


def test_the_oldest_of_equals_comes_first(member: Membership) -> None:
    younger, older = an_alert(member, after_s=60), an_alert(member, after_s=0)

    assert list(queries.alerts_for(member)) == [older, younger]


def test_alerts_of_another_workspace_are_not_there(member: Membership) -> None:
    make_alert()

    assert not queries.alerts_for(member).exists()
    assert queries.count_views(member) == {"to-review": 0, "high": 0, "mine": 0, "decided": 0}


def test_views_part_the_queue(member: Membership) -> None:
    high, medium = an_alert(member, score=0.9), an_alert(member, score=0.5)
    mine, other = an_alert(member), an_alert(member, state="reviewed")
    make_decision(mine, by=member, decided_at=LATER)

    shown = {
        name: [row.alert for row in queries.page_of(member, view, "", now=LATER).rows]
        for name, view in queries.views_for(member).items()
    }

    assert shown == {"to-review": [high, medium], "high": [high], "mine": [mine], "decided": [mine, other]}


def test_views_are_counted_at_once(member: Membership, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    an_alert(member, score=0.9)
    an_alert(member, score=0.5)
    an_alert(member, state="dismissed")

    with django_assert_num_queries(1):
        counts = queries.count_views(member)

    assert counts == {"to-review": 2, "high": 1, "mine": 0, "decided": 1}
    assert queries.pending_count(member.workspace_id) == 2


@pytest.mark.parametrize("name", ["to-review", "decided"])
def test_pages_neither_skip_nor_repeat(member: Membership, name: str) -> None:
    for number in range(8):
        alert = an_alert(member, score=[0.9, 0.5, 0.75][number % 3], ended=number % 2 == 0, after_s=number // 3)
        if name == "decided":
            make_decision(alert, decided_at=NOW + timedelta(seconds=number // 3))
    view = queries.views_for(member)[name]
    whole = list(queries.alerts_for(member).order_by(*view.order))

    found, cursor = [], ""
    while True:
        page = queries.page_of(member, view, cursor, now=LATER, size=3)
        found += [row.alert for row in page.rows]
        cursor = page.after
        if not cursor:
            break

    assert pks(found) == pks(whole)


def test_a_page_costs_one_query_without_the_rules_texts_are_judged_by(
    member: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        an_alert(member)
    view = queries.views_for(member)["to-review"]

    with django_assert_num_queries(1) as asked:
        queries.page_of(member, view, "", now=LATER)

    assert '"lexicon"' not in asked.captured_queries[0]["sql"]


def test_a_page_goes_on_where_it_was_though_the_list_changed(member: Membership) -> None:
    first, second, third = (an_alert(member, after_s=number) for number in range(3))
    view = queries.views_for(member)["to-review"]
    page = queries.page_of(member, view, "", now=LATER, size=2)
    make_decision(first)
    make_decision(second)

    assert [row.alert for row in queries.page_of(member, view, page.after, now=LATER).rows] == [third]


@pytest.mark.parametrize("cursor", ["", "2", "x:y:z", "\0"])
def test_a_cursor_that_is_not_ours_shows_the_first_page(member: Membership, cursor: str) -> None:
    alert = an_alert(member)

    page = queries.page_of(member, queries.views_for(member)["to-review"], cursor, now=LATER)

    assert ([row.alert for row in page.rows], page.after) == ([alert], "")


def test_a_cursor_of_another_view_shows_the_first_page(member: Membership) -> None:
    views = queries.views_for(member)
    first = an_alert(member, score=0.9)
    an_alert(member, score=0.8)
    cursor = queries.page_of(member, views["to-review"], "", now=LATER, size=1).after

    page = queries.page_of(member, views["high"], cursor, now=LATER, size=1)

    assert [row.alert for row in page.rows] == [first]


def test_a_row_says_what_was_said_and_why_it_stands_there(member: Membership) -> None:
    live = make_live(make_channel(member.workspace))
    alerts = [
        make_alert(make_assessment(make_utterance(live, text=text), reach=reach, spans=[[0, 4, "threat"]]))
        for text, reach in (("Avant toi.", "high"), ("Après toi.", "low"))
    ]

    rows = queries.rows(alerts, alerts[0].raised_at + timedelta(seconds=700))

    assert [(row.quote.text, row.quote.spans, [*map(str, row.why)], row.wait) for row in rows] == [
        (
            "Avant toi.",
            [[0, 4, "threat"]],
            ["high severity", "live on air", "high reach", "has waited for long"],
            "11 min",
        ),
        (
            "Après toi.",
            [[0, 4, "threat"]],
            ["high severity", "live on air", "same live as the one above", "has waited for long"],
            "11 min",
        ),
    ]


def test_news_counts_what_was_raised_since_and_waits(member: Membership) -> None:
    an_alert(member)
    after = queries.newest(member)
    an_alert(member, score=0.9)
    an_alert(member, score=0.5)
    an_alert(member, state="dismissed")

    assert queries.news_for(member, after) == News(total=2, high=1)
    assert queries.news_for(member, queries.newest(member)) == News(total=0, high=0)


def test_nothing_is_newest_in_an_empty_workspace(member: Membership) -> None:
    assert queries.newest(member) == 0


def test_neighbours_follow_the_order_of_the_queue(member: Membership) -> None:
    first, second, third = (an_alert(member, score=score) for score in (0.9, 0.6, 0.1))

    assert [queries.neighbours_of(member, alert.pk) for alert in (first, second, third)] == [
        Neighbours(None, second.pk, 1, 3),
        Neighbours(first.pk, third.pk, 2, 3),
        Neighbours(second.pk, None, 3, 3),
    ]


def test_a_decided_alert_leads_to_the_first_that_waits(member: Membership) -> None:
    decided, waiting = an_alert(member, state="dismissed"), an_alert(member)

    assert queries.neighbours_of(member, decided.pk) == Neighbours(None, waiting.pk, None, 1)


def test_nothing_waits_after_the_last(member: Membership) -> None:
    decided = an_alert(member, state="dismissed")

    assert queries.neighbours_of(member, decided.pk) == Neighbours(None, None, None, 0)


def test_lives_on_air_are_counted(member: Membership) -> None:
    make_live(make_channel(member.workspace))
    make_live(make_channel(member.workspace), ended_at=NOW)
    make_live(make_channel(make_workspace()))

    assert queries.watched_lives(member) == 1


# ── one alert ──


@pytest.fixture
def live(member: Membership) -> Live:
    return make_live(make_channel(member.workspace), heard_s=300, lost_s=10)


def alert_at(live: Live, start_s: float) -> Alert:
    return make_alert(make_assessment(make_utterance(live, start_s=start_s, text="Le propos."), score=0.9))


def test_the_moment_merges_words_judgements_and_gaps(live: Live) -> None:
    make_utterance(live, start_s=10, text="Bien avant.")
    calm = make_utterance(live, start_s=80, text="Avant.")
    make_assessment(calm, score=0.3, category="polemic")
    Gap.objects.create(live=live, from_s=90, to_s=93.2, cause="connection lost")
    Gap.objects.create(live=live, from_s=91, to_s=99, cause="connection lost", track=Track.CHAT)
    alert = alert_at(live, 100)
    make_utterance(live, start_s=110, text="", state="skipped", reason="waited too long")
    make_utterance(live, start_s=200, text="Bien après.")

    found = queries.moment_of(alert, reads_around=True)

    assert found.window == Window(40, 133.5, 100, 103.5)
    assert found.grid == [
        Speech(80, 83.5, "Avant.", judgement=Judgement("analysed", "polemic", 0.3, [])),
        Hole(90, 93.2, "connection lost"),
        Speech(100, 103.5, "Le propos.", judgement=Judgement("analysed", "hateful", 0.9, []), is_subject=True),
        Speech(110, 113.5, "", "Not transcribed; the sound is kept."),
    ]
    assert (found.current, found.sources, found.is_growing) == (2, ["speech recognition"], False)
    assert found.at == NOW + timedelta(seconds=100)


def test_without_leave_to_read_only_the_text_itself_is_shown(live: Live) -> None:
    make_utterance(live, start_s=80, text="Avant.")
    alert = alert_at(live, 100)

    [row] = queries.moment_of(alert, reads_around=False).grid

    assert isinstance(row, Speech)
    assert (row.text, row.is_subject) == ("Le propos.", True)


@pytest.mark.parametrize(
    ("heard_s", "ended", "end_s", "is_growing"),
    [(104, False, 133.5, True), (140, False, 133.5, False), (104, True, 104, False), (10, True, 103.5, False)],
)
def test_a_moment_grows_while_the_live_is_on_air(
    member: Membership, *, heard_s: float, ended: bool, end_s: float, is_growing: bool
) -> None:
    live = make_live(make_channel(member.workspace), heard_s=heard_s, ended_at=NOW if ended else None)

    found = queries.moment_of(alert_at(live, 100), reads_around=True)

    assert (found.window.end_s, found.is_growing) == (end_s, is_growing)


@pytest.mark.parametrize(
    ("state", "heard_s", "is_growing"),
    [("pending", 140, True), ("running", 140, True), ("pending", 260, False), ("done", 140, False)],
)
def test_a_moment_waits_for_its_last_words_for_a_while(
    member: Membership, *, state: str, heard_s: float, is_growing: bool
) -> None:
    live = make_live(make_channel(member.workspace), heard_s=heard_s)
    alert = alert_at(live, 100)
    make_utterance(live, start_s=125, text="", state=state, reason="no words")

    assert queries.moment_of(alert, reads_around=True).is_growing is is_growing


def test_what_was_written_in_chat_has_the_speech_around_it(live: Live) -> None:
    alert = alert_at(live, 100)
    alert.assessment.of = "chat"

    [row] = queries.moment_of(alert, reads_around=True).grid

    assert isinstance(row, Speech)
    assert not row.is_subject
    assert queries.moment_of(alert, reads_around=False).grid == []


def test_history_lists_the_other_alerts_of_the_channel(member: Membership, live: Live) -> None:
    alert = alert_at(live, 100)
    former = make_live(live.channel, ended_at=NOW)
    old = make_alert(make_assessment(make_utterance(former)), state="action_taken", raised_at=NOW - timedelta(days=2))
    older = make_alert(make_assessment(make_utterance(former)), state="dismissed", raised_at=NOW - timedelta(days=3))
    an_alert(member)

    assert queries.history_of(member, alert) == History([old, older], total=2, acted=1)


def test_history_is_short(member: Membership, live: Live) -> None:
    alerts = [alert_at(live, 10 * number) for number in range(queries.FORMER + 2)]

    found = queries.history_of(member, alerts[0])

    assert (len(found.alerts), found.total, found.acted) == (queries.FORMER, queries.FORMER + 1, 0)


def test_the_decision_before_is_the_last_that_still_holds(member: Membership) -> None:
    alert = an_alert(member)
    first = make_decision(alert, state="dismissed")
    undone = make_decision(alert, state="pending")
    Decision.objects.filter(pk=undone.pk).update(undone_at=NOW)
    last = make_decision(alert, state="pending")

    assert queries.decision_before(first) is None
    assert queries.decision_before(last) == first


@pytest.mark.parametrize(("after_s", "can_undo"), [(0, True), (9.9, True), (10, False), (60, False)])
def test_the_last_decision_can_be_undone_for_ten_seconds(member: Membership, *, after_s: float, can_undo: bool) -> None:
    make_decision(an_alert(member))
    decision = make_decision(an_alert(member), by=member)

    found = queries.undoable_by(member, NOW + timedelta(seconds=after_s))

    assert found == (decision if can_undo else None)
