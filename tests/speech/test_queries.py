from datetime import timedelta

import pytest
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_channel, make_live, make_membership, make_utterance
from vigie.runtime.models import WorkState
from vigie.speech import queries
from vigie.speech.queries import LINES, Page
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


def test_utterances_for_are_those_of_the_workspace() -> None:
    member = make_membership()
    mine = make_utterance(make_live(make_channel(member.workspace)))
    make_utterance()

    assert list(queries.utterances_for(member)) == [mine]


def test_said_in_is_what_is_settled_and_says_something() -> None:
    live = make_live()
    said = make_utterance(live, text="Bonjour.")
    make_utterance(live, text="", state=WorkState.PENDING)
    make_utterance(live, text="", state=WorkState.RUNNING)
    skipped = make_utterance(live, text="", state=WorkState.SKIPPED, reason="waited too long")
    make_utterance(live, text="")  # heard, and nothing was said
    unsure = make_utterance(live, text="", reason="low confidence")

    assert list(queries.said_in(live)) == [said, skipped, unsure]


def test_a_short_live_is_one_page_from_both_ends() -> None:
    live = make_live()
    said = [make_utterance(live) for _ in range(3)]

    assert queries.page_before(live, None) == Page(said, has_more=False)
    assert queries.page_after(live, 0) == Page(said, has_more=False)
    assert queries.page_before(live, 3) == Page(said[:2], has_more=False)
    assert queries.page_after(live, 2) == Page(said[2:], has_more=False)
    assert queries.page_before(live, 1) == Page([], has_more=False)


def test_pages_of_a_long_live_neither_skip_nor_repeat() -> None:
    live = make_live()
    for seq in range(1, LINES + 2):
        make_utterance(live, seq=seq)

    last, first = queries.page_before(live, None), queries.page_after(live, 0)

    assert [utterance.seq for utterance in last.utterances] == list(range(2, LINES + 2))
    assert [utterance.seq for utterance in first.utterances] == list(range(1, LINES + 1))
    assert (last.has_more, first.has_more) == (True, True)


def test_a_page_that_is_just_full_has_no_more() -> None:
    live = make_live()
    for seq in range(1, LINES + 1):
        make_utterance(live, seq=seq)

    last, first = queries.page_before(live, None), queries.page_after(live, 0)

    assert last == first
    assert (len(last.utterances), last.has_more) == (LINES, False)


def test_pages_are_of_one_live_and_of_what_is_looked_for() -> None:
    live, other = make_live(), make_live()
    one, two = make_utterance(live, text="un"), make_utterance(live, text="deux")
    make_utterance(other, text="deux")

    assert queries.page_before(live, None) == Page([one, two], has_more=False)
    assert queries.page_after(live, 0, Q(text="deux")) == Page([two], has_more=False)
    assert queries.start_of(other, 2) is None


@pytest.mark.parametrize(("seq", "start_s"), [(None, None), (1, 0.0), (2, 8.0), (3, 8.0), (4, None)])
def test_start_of_the_first_utterance_from_a_number_on(seq: int | None, start_s: float | None) -> None:
    live = make_live()
    make_utterance(live, seq=1, start_s=0.0)
    make_utterance(live, seq=3, start_s=8.0)

    assert queries.start_of(live, seq) == start_s


@pytest.mark.parametrize("count", [1, 3])
def test_last_words_of_lives_are_asked_at_once(django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    lives = [make_live() for _ in range(count)]
    for live in lives:
        make_utterance(live, text="Before.")
    last = {live.pk: make_utterance(live, text="Last.") for live in lives}
    for live in lives:
        make_utterance(live, text="", state=WorkState.PENDING)
    silent = make_live()

    with django_assert_num_queries(1):
        assert queries.last_words([*last, silent.pk]) == last


def test_waiting_in_gives_stretches_by_live() -> None:
    live, done = make_live(), make_live()
    make_utterance(live, start_s=8.0, text="", state=WorkState.RUNNING)
    make_utterance(live, start_s=0.0, text="", state=WorkState.PENDING)
    make_utterance(done)

    assert queries.waiting_in([live.pk, done.pk]) == {live.pk: [(0.0, 3.5), (8.0, 11.5)]}


@pytest.mark.parametrize(
    ("delays_s", "expected"),
    [([], None), ([4], (4.0, 4.0)), ([-6], (0.0, 0.0)), ([9, 1], (1.0, 1.0)), ([*range(1, 101)], (50.0, 95.0))],
)
def test_alert_delays_are_of_the_last_day(delays_s: list[int], expected: tuple[float, float] | None) -> None:
    live, elsewhere = make_live(), make_live()
    for delay_s in delays_s:
        make_utterance(live, spoken_at=NOW - timedelta(seconds=delay_s), alerted_at=NOW)
    make_utterance(live, spoken_at=NOW - timedelta(days=3), alerted_at=NOW - timedelta(days=2))
    make_utterance(elsewhere, spoken_at=NOW - timedelta(hours=1), alerted_at=NOW)
    make_utterance(live)

    assert queries.alert_delays_s(Live.objects.filter(pk=live.pk), NOW) == expected


@pytest.mark.parametrize(("ago", "expected"), [(timedelta(days=1), (3.0, 3.0)), (timedelta(days=1, seconds=1), None)])
def test_alert_delays_look_back_a_day(ago: timedelta, expected: tuple[float, float] | None) -> None:
    make_utterance(spoken_at=NOW - ago - timedelta(seconds=3), alerted_at=NOW - ago)

    assert queries.alert_delays_s(Live.objects.all(), NOW) == expected
