from datetime import timedelta

import pytest

from tests.factories import NOW, make_alert, make_assessment, make_channel, make_live, make_utterance, make_workspace
from vigie.moderation.models import Alert, AlertState
from vigie.people.models import Workspace
from vigie.site import ticker
from vigie.watch.models import LiveState

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Workspace:
    return make_workspace("team")


def alert(team: Workspace, score: float, *, minute: int = 0, state: str = AlertState.PENDING, text: str = "x") -> Alert:
    said = make_utterance(make_live(make_channel(team)), text=text)
    return make_alert(make_assessment(said, score=score), state=state, raised_at=NOW + timedelta(minutes=minute))


def test_on_air_counts_what_is_badly_heard(team: Workspace) -> None:
    for state in (LiveState.OK, LiveState.STARTING, LiveState.LAG, LiveState.NO_AUDIO):
        make_live(make_channel(team), state=state)
    make_live(make_channel(team), state=LiveState.ENDED, ended_at=NOW)
    make_live(state=LiveState.LAG)

    assert ticker.on_air_in(team.pk) == ticker.OnAir(total=4, badly_heard=2)


def test_waiting_counts_the_high_ones(team: Workspace) -> None:
    for score in (0.9, 0.7, 0.69):
        alert(team, score)
    alert(team, 0.9, state=AlertState.DISMISSED)
    alert(make_workspace(), 0.9)

    assert ticker.waiting_in(team.pk) == ticker.Waiting(total=3, high=2)


def test_ticks_are_the_most_severe_then_the_newest(team: Workspace) -> None:
    medium, old, new = alert(team, 0.5, minute=9), alert(team, 0.95, minute=1), alert(team, 0.75, minute=2)
    low = alert(team, 0.1, minute=20)
    alert(team, 0.9, state=AlertState.REVIEWED)
    alert(make_workspace(), 0.9)

    assert [tick.alert for tick in ticker.ticks_in(team.pk)] == [new, old, medium, low]


def test_ticks_quote_a_few_words_and_are_few(team: Workspace) -> None:
    for _ in range(ticker.SHOWN + 1):
        alert(team, 0.8, text="mot " * 100)

    ticks = ticker.ticks_in(team.pk)

    assert len(ticks) == ticker.SHOWN
    assert len(ticks[0].quote.text) <= ticker.QUOTE + 1


def test_decided_are_those_of_the_last_hours_that_stand(team: Workspace) -> None:
    first, second, undone, old = (alert(team, 0.8, state=AlertState.DISMISSED) for _ in range(4))
    alert(make_workspace(), 0.8, state=AlertState.DISMISSED)
    for one, changes in ((undone, {"undone_at": NOW}), (old, {"decided_at": NOW - ticker.LATELY})):
        one.decisions.update(**changes)

    decided = ticker.decided_in(team.pk, NOW + timedelta(minutes=1))

    assert [decision.alert for decision in decided] == [second, first]


def test_decided_are_few(team: Workspace) -> None:
    for _ in range(ticker.DECISIONS + 1):
        alert(team, 0.8, state=AlertState.DISMISSED)

    assert len(ticker.decided_in(team.pk, NOW)) == ticker.DECISIONS
