"""What rules made of what happened is written down once, and a flood of it in few rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_workspace
from tests.rules.rows import chat, judge, look, make_rule, on_air, say, spec, store, told
from tests.watch.audiences import heard
from vigie.people.models import Workspace
from vigie.rules.models import ActionRun, Arrival, Deed, Firing, Mode
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return on_air(workspace)


def test_a_rule_acts_on_what_was_written(workspace: Workspace, live: Live) -> None:
    version = make_rule(workspace, spec(then=["mark", {"mark": {"label": "again"}}]))
    chat(live, "hello", "clip that", at_s=12)
    message = live.messages.get(text="clip that")

    look()

    firing = Firing.objects.get()
    assert (firing.version, firing.live, firing.deed, firing.brake) == (version, live, Deed.ACTED, "")
    assert (firing.trigger, firing.refs) == (f"chat:{message.pk}", [f"chat:{message.pk}"])
    assert (firing.at_s, firing.since_s, firing.at) == (13.0, 13.0, NOW + timedelta(seconds=13))
    runs = ActionRun.objects.order_by("position").values_list("position", "action", "options", "state")
    assert list(runs) == [(0, "mark", {}, "pending"), (1, "mark", {"label": "again"}, "pending")]
    assert not Arrival.objects.exists()


def test_a_rule_on_trial_notes_what_it_would_do(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(then=["mark"]), mode=Mode.TRIAL)
    chat(live, "clip")

    look()

    assert told() == [("Clip it", "tried", "", 1)]
    assert not ActionRun.objects.exists()


def test_a_quorum_keeps_all_that_made_it(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(quorum={"users": 3, "within": "30 s"}))
    for person in (1, 2, 3):
        chat(live, "clip", by=person, at_s=10 + person)

    look()

    assert told() == [("Clip it", "held", "QUORUM", 2), ("Clip it", "acted", "", 1)]
    acted = Firing.objects.get(deed=Deed.ACTED)
    assert acted.refs == [f"chat:{pk}" for pk in live.messages.order_by("pk").values_list("pk", flat=True)]
    assert (acted.since_s, acted.at_s) == (11.0, 13.0)


def test_a_flood_that_is_held_back_is_one_row_a_minute(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(cooldown="1 h"))
    chat(live, *["clip"] * 100, at_s=0)
    chat(live, *["clip"] * 30, at_s=100)

    look()

    assert told() == [
        ("Clip it", "acted", "", 1),
        ("Clip it", "held", "COOLDOWN", 60),
        ("Clip it", "held", "COOLDOWN", 60),
        ("Clip it", "held", "COOLDOWN", 9),
    ]


def test_a_rule_that_would_act_a_thousand_times_a_minute_acts_as_often_as_it_may(
    workspace: Workspace, live: Live
) -> None:
    make_rule(workspace, spec(conditions=[{"says": "a", "place": "anywhere"}], per_hour=5))
    store([heard(live, f"m{n}", by=n, at_s=n / 50, text="la la") for n in range(1000)])

    with CaptureQueriesContext(connection) as queries:
        look()

    assert told() == [*[("Clip it", "acted", "", 1)] * 5, ("Clip it", "held", "HOURLY_CAP", 995)]
    assert len(queries) < 40


@pytest.mark.parametrize("text", ["clip", "nothing"])
def test_what_the_platform_replays_triggers_nothing(workspace: Workspace, live: Live, text: str) -> None:
    make_rule(workspace, spec(then=["mark"]))
    chat(live, text, at_s=0, is_history=True)

    look()

    assert told() == ([("Clip it", "held", "HISTORY", 1)] if text == "clip" else [])


def test_each_rule_looks_at_what_concerns_it(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec("Said", "speech", conditions=[{"says": "clip"}]))
    make_rule(workspace, spec("Severe", "assessment", conditions=[{"score": 0.7}]))
    make_rule(workspace, spec("Begun", "live_started"))
    make_rule(workspace, spec("Elsewhere", channels=["@somebody_else"]))
    make_rule(workspace, spec("Here", channels=[live.channel.name.upper()]))
    make_rule(make_workspace(), spec("Of another team"))
    Arrival.objects.create(live=live, kind="live_started", refs=[])
    chat(live, "clip")
    say(live, "clip it", start_s=20)
    say(live, "clip", start_s=30, state="skipped")
    judge(live, 0.9, start_s=40)
    judge(live, 0.2, start_s=50)

    look()

    assert told() == [(name, "acted", "", 1) for name in ("Begun", "Here", "Said", "Severe")]
    assert Firing.objects.get(version__rule__name="Said").since_s == 20.0


def test_what_is_gone_by_now_did_not_happen(workspace: Workspace, live: Live) -> None:
    make_rule(workspace)
    chat(live, "clip", "clip", at_s=10)
    live.messages.all()[0].delete()

    look()

    assert len(told()) == 1


def test_what_is_looked_at_twice_acts_once(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec("Said", "speech", conditions=[{"says": "clip"}], then=["mark"]))
    utterance = say(live, "clip it", start_s=20)
    look()
    Arrival.objects.create(live=live, kind="speech", refs=[utterance])

    look()

    assert told() == [("Said", "acted", "", 1)]
    assert ActionRun.objects.count() == 1


@pytest.mark.parametrize("others", [[], [500.0], [0.0]])
def test_what_is_looked_at_again_is_one_row_whatever_comes_of_it(
    workspace: Workspace, live: Live, others: list[float]
) -> None:
    make_rule(workspace, spec("Said", "speech", conditions=[{"says": "clip"}], cooldown="5 s", then=["mark"]))
    utterance = say(live, "clip it", start_s=20)
    look()
    for start_s in others:
        say(live, "clip it", start_s=start_s)
    look()
    before = told()
    Arrival.objects.create(live=live, kind="speech", refs=[utterance])

    look()

    assert told() == before
