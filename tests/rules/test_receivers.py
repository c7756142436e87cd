"""What rules hear of is a row, in the same transaction."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_workspace
from tests.rules.rows import chat, make_rule, on_air, say
from vigie.events import LiveEnded, LiveSampled, LiveStarted, TextAssessed
from vigie.people.models import Workspace
from vigie.rules import receivers
from vigie.rules.models import Arrival, Mode, Tally
from vigie.watch.models import Live
from vigie.watch.operations import counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    workspace = make_workspace()
    make_rule(workspace, mode=Mode.TRIAL)
    return workspace


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return on_air(workspace)


def arrived() -> list[tuple[str, list[int]]]:
    return list(Arrival.objects.order_by("pk").values_list("kind", "refs"))


def sampled(live: Live, at_s: float) -> LiveSampled:
    return LiveSampled(live.channel.workspace_id, live.pk, at_s)


def judged(live: Live, state: str) -> TextAssessed:
    texts = (5, "utterance", 7, 1, "Bonjour.", "neutral", 0.1, False, "low", "", (), "", "rules")
    return TextAssessed(live.channel.workspace_id, live.pk, *texts, state)


def test_a_batch_of_a_chat_is_one_row(live: Live) -> None:
    chat(live, "one", "two", "three")

    assert arrived() == [("chat", list(live.messages.order_by("pk").values_list("pk", flat=True)))]


def test_a_live_begins_and_ends(live: Live) -> None:
    receivers.take_start(LiveStarted(live.channel.workspace_id, live.pk, live.channel_id, NOW))
    receivers.take_end(LiveEnded(live.channel.workspace_id, live.pk, NOW, "over"))

    assert arrived() == [("live_started", []), ("live_ended", [])]


@pytest.mark.parametrize(
    ("text", "state", "arrives"),
    [("Bonjour.", "done", True), (" ", "done", False), ("", "done", False), ("Bonjour.", "failed", False)],
)
def test_words_arrive_and_silence_does_not(live: Live, text: str, state: str, *, arrives: bool) -> None:
    utterance = say(live, text, start_s=1, state=state)

    assert arrived() == ([("speech", [utterance])] if arrives else [])


@pytest.mark.parametrize(
    ("state", "arrives"), [("analysed", True), ("abstained", False), ("not_analysed", False), ("waiting", False)]
)
def test_verdicts_arrive(live: Live, state: str, *, arrives: bool) -> None:
    receivers.take_verdict(judged(live, state))

    assert arrived() == ([("assessment", [5])] if arrives else [])


def test_each_stretch_is_handed_over_once_when_it_is_settled(live: Live) -> None:
    for at_s in (0, 0, 10, 20, 20, 10, 30, 70, 60, 70):
        receivers.take_counts(sampled(live, at_s))

    assert arrived() == [("viewers", [0]), ("viewers", [10]), ("viewers", [20, 30, 40, 50])]
    assert Tally.objects.get().until_s == 60


def test_what_was_counted_at_first_is_handed_over_too(live: Live) -> None:
    receivers.take_counts(sampled(live, 40))

    assert arrived() == [("viewers", [0, 10, 20])]


def test_counts_of_before_a_rule_was_put_in_force_are_not_handed_over() -> None:
    workspace = make_workspace()
    live = on_air(workspace)
    for at_s in range(0, 100, 10):
        counts.count_viewers(live.pk, at_s, 50)
    make_rule(workspace)

    counts.count_viewers(live.pk, 100, 50)
    counts.count_viewers(live.pk, 110, 50)

    assert arrived() == [("viewers", [80]), ("viewers", [90])]


def test_where_no_rule_is_in_force_one_query_is_all_that_it_costs() -> None:
    live = on_air()

    with CaptureQueriesContext(connection) as queries:
        receivers.take_verdict(judged(live, "analysed"))

    assert (len(queries), arrived()) == (1, [])
