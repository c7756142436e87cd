from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_alert, make_assessment, make_channel, make_live, make_utterance
from vigie.runtime.models import WorkState
from vigie.site import queries
from vigie.site.queries import Line, Pending, Said
from vigie.site.strips import Run
from vigie.speech.queries import LINES
from vigie.watch.models import Gap, Live, Track

pytestmark = pytest.mark.django_db


def gap(live: Live, from_s: float, to_s: float) -> Gap:
    return Gap.objects.create(live=live, from_s=from_s, to_s=to_s, cause="x")


# ── lines ──


def test_lines_of_weaves_words_judgements_and_gaps_in_order() -> None:
    live = make_live()
    first, second = (make_utterance(live, start_s=at) for at in (0.0, 20.0))
    judged = make_assessment(second)
    hole = gap(live, 10, 13)
    make_utterance(live, start_s=30.0, text="", state=WorkState.PENDING)
    make_utterance()  # of another live

    lines = queries.lines_of(live)

    assert lines.shown == [Line(0.0, first), Line(10.0, gap=hole), Line(20.0, second, judged)]
    assert (lines.earlier, lines.later) == (None, None)


def test_lines_of_shows_the_last_page_and_what_came_before_on_demand() -> None:
    live = make_live()
    for seq in range(1, LINES + 3):
        make_utterance(live, seq=seq, start_s=seq * 10.0)
    early, late = gap(live, 15, 16), gap(live, 55, 56)

    last = queries.lines_of(live)
    before = queries.lines_of(live, last.earlier)

    assert last.earlier == 3
    assert [line.utterance.seq for line in last.shown if line.utterance] == list(range(3, LINES + 3))
    assert [line.gap for line in last.shown if line.gap] == [late]
    assert [line.at_s for line in before.shown] == [10.0, 15.0, 20.0]
    assert [line.gap for line in before.shown if line.gap] == [early]
    assert before.earlier is None


def test_lines_after_reads_on_from_the_beginning() -> None:
    live = make_live()
    for seq in range(1, LINES + 3):
        make_utterance(live, seq=seq, start_s=seq * 10.0)
    early, late = gap(live, 2, 3), gap(live, LINES * 10 + 5, LINES * 10 + 6)

    first = queries.lines_after(live, 0)
    rest = queries.lines_after(live, first.later or 0)

    assert first.later == LINES
    assert [line.gap for line in first.shown if line.gap] == [early, late]
    assert [line.at_s for line in rest.shown] == [(LINES + 1) * 10.0, (LINES + 2) * 10.0]
    assert rest.later is None


def test_lines_of_a_live_without_words_are_its_gaps() -> None:
    live = make_live()
    hole = gap(live, 1, 2)

    assert queries.lines_of(live).shown == [Line(1.0, gap=hole)]
    assert queries.lines_after(live, 0).shown == [Line(1.0, gap=hole)]
    assert queries.all_lines_of(live) == [Line(1.0, gap=hole)]


@pytest.mark.parametrize("count", [1, 3])
def test_lines_ask_as_much_for_one_as_for_three(django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    live = make_live()
    for _ in range(count):
        make_assessment(make_utterance(live))

    with django_assert_num_queries(3):
        queries.lines_of(live)


# ── where a live is, and its risk ──


def test_edge_of_an_open_live_is_now_or_what_was_received() -> None:
    live = make_live(heard_s=100, lost_s=20)

    assert queries.edge_of(live, NOW + timedelta(seconds=90)) == 120
    assert queries.edge_of(live, NOW + timedelta(seconds=150)) == 150


def test_edge_of_a_live_that_is_over_stays() -> None:
    live = make_live(heard_s=100, lost_s=20, ended_at=NOW + timedelta(seconds=121))

    assert queries.edge_of(live, NOW + timedelta(days=1)) == 120


def test_edge_of_a_live_whose_platform_told_its_end_is_that_end() -> None:
    live = make_live(make_channel(platform="tiktok"), heard_s=100, ended_at=NOW + timedelta(seconds=121))

    assert queries.edge_of(live, NOW + timedelta(days=1)) == 121


# ── rows ──


def test_rows_show_last_words_risk_and_alerts_of_each_live() -> None:
    live, silent = make_live(heard_s=300), make_live(heard_s=300)
    make_utterance(live, text="Before.")
    last = make_utterance(live, text="Last.", start_s=290.0)
    judged = make_assessment(last, score=0.8)
    make_alert(judged)

    rows = queries.rows_of([live, silent], NOW, with_words=True, with_alerts=True)

    assert [(row.live, row.said, row.pending) for row in rows] == [
        (live, Said(last, judged), Pending(1, 0.8)),
        (silent, None, None),
    ]
    assert [row.strip.peak for row in rows if row.strip] == [0.8, None]


def test_rows_hold_nothing_that_the_reader_may_not_see() -> None:
    live = make_live()
    make_alert(make_assessment(make_utterance(live)))

    [row] = queries.rows_of([live], NOW, with_words=False, with_alerts=False)

    assert (row.said, row.strip, row.pending) == (None, None, None)


def test_recent_strips_show_what_waits_and_what_was_lost() -> None:
    live = make_live(heard_s=600)
    make_assessment(make_utterance(live, start_s=100.0), score=0.9)
    make_utterance(live, text="", start_s=570.0, state=WorkState.PENDING)
    gap(live, 450, 480)
    Gap.objects.create(live=live, from_s=500, to_s=540, cause="x", track=Track.CHAT)

    strip = queries.recent_strips([live], queries.said_in([live]), NOW)[live.pk]

    assert strip.peak is None
    assert strip.gaps == (Run("50.00%", "10.00%", "60.00%"),)
    assert strip.waiting == (Run("90.00%", "1.17%", "91.17%"),)


def test_decided_alerts_are_not_pending() -> None:
    alert = make_alert()
    decided = make_alert(make_assessment(make_utterance(alert.live)))
    type(decided).objects.filter(pk=decided.pk).delete()

    assert queries.pending_in([alert.live_id]) == {alert.live_id: Pending(1, alert.score)}


@pytest.mark.parametrize("count", [1, 3])
def test_rows_ask_as_much_for_one_live_as_for_three(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    lives = [make_live(make_channel()) for _ in range(count)]
    for live in lives:
        make_alert(make_assessment(make_utterance(live)))
        gap(live, 1, 2)

    with django_assert_num_queries(6):
        queries.rows_of(lives, NOW, with_words=True, with_alerts=True)


def test_alerts_of_a_live_are_newest_first() -> None:
    live = make_live()
    old, new = (make_alert(make_assessment(make_utterance(live))) for _ in range(2))
    make_alert()

    assert queries.alerts_of(live) == queries.LastAlerts([new, old], has_more=False)


def test_alerts_of_a_long_live_are_the_last_ones() -> None:
    live = make_live()
    _, *last = (make_alert(make_assessment(make_utterance(live))) for _ in range(queries.ALERTS + 1))

    assert queries.alerts_of(live) == queries.LastAlerts(last[::-1], has_more=True)
