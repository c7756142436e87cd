"""Whatever dies, nothing is lost and nothing done twice: what rules saw and did is remembered."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.factories import NOW, make_workspace
from tests.rules.rows import chat, look, make_firing, make_rule, on_air, say, spec, store, told, undone
from tests.watch.audiences import heard
from vigie.events import RuleFired
from vigie.people.models import Workspace
from vigie.ports import Fence
from vigie.rules.following import Follower
from vigie.rules.models import ActionRun, Arrival, Firing, Mode
from vigie.rules.operations import WasFollowed
from vigie.runtime import bus, leases
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return on_air(workspace)


# ── a restart ─────────────────────────────────────────────────────────────────────────────────────────────────────────


RULES = [
    spec("Rests", cooldown={"channel": "20 s", "user": "1 min"}),
    spec("Rests long", cooldown={"rule": "1 h"}),
    spec("Capped", per_hour=3),
    spec("Together", quorum={"users": 2, "within": "15 s"}, cooldown="10 s"),
    spec("Together, at leisure", quorum={"users": 3, "within": "10 min"}),
    spec("Many", conditions=[{"burst": 4, "within": "30 s"}]),
    spec("Excited", "hype", conditions=[]),
]
WRITTEN = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([0.5, 3.0, 9.0, 40.0]), st.sampled_from(["clip", "clip", "no"])),
    min_size=1,
    max_size=40,
)


def play(written: list[tuple[int, float, str]], restarts: set[int]) -> list[tuple[object, ...]]:
    """Let a chat be written to a new team's live, message by message; return what its rules did."""
    workspace = make_workspace()
    for rule in RULES:
        make_rule(workspace, rule)
    live = on_air(workspace)
    follower, at_s = Follower(), 0.0
    for n, (person, pause_s, text) in enumerate(written):
        if n in restarts:
            follower = Follower()
        at_s += pause_s
        store([heard(live, f"m{n}", by=person, at_s=at_s, text=text)])
        look(follower, at=NOW + timedelta(seconds=at_s))
    return did(live)


def did(live: Live) -> list[tuple[object, ...]]:
    """Return what the rules did in a live; a message is named by its number in the chat."""
    numbers = {f"chat:{pk}": name for pk, name in live.messages.values_list("pk", "platform_id")}
    found = live.firings.select_related("version__rule").order_by("version__rule__number", "at", "trigger")
    return [
        (
            firing.version.rule.name,
            firing.deed,
            firing.brake,
            firing.figures,
            numbers.get(firing.trigger, firing.trigger),
            [numbers.get(ref, ref) for ref in firing.refs],
            firing.count,
        )
        for firing in found
    ]


@settings(max_examples=40)
@given(written=WRITTEN, restarts=st.sets(st.integers(0, 39)))
def test_a_restart_at_any_moment_changes_nothing(written: list[tuple[int, float, str]], restarts: set[int]) -> None:
    with undone():
        assert play(written, restarts) == play(written, set())


def test_what_a_rule_saw_before_it_was_put_in_force_is_not_remembered(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(quorum={"users": 2, "within": "10 min"}), since=live.started_at + timedelta(seconds=60))
    chat(live, "clip", by=1, at_s=30)
    Arrival.objects.all().delete()
    chat(live, "clip", by=2, at_s=90)

    look(at=NOW + timedelta(seconds=100))

    assert told() == [("Clip it", "held", "QUORUM", 1)]


def test_a_rest_of_a_day_outlives_a_restart(workspace: Workspace) -> None:
    version = make_rule(workspace, spec(cooldown={"user": "1 d"}))
    live = on_air(workspace)
    chat(live, "clip", at_s=0)
    look()
    later = NOW + timedelta(hours=20)
    chat(live, "clip", at_s=20 * 3600)
    look(at=later)
    chat(live, "clip", at_s=25 * 3600)

    look(at=NOW + timedelta(hours=25))

    assert [row[1] for row in told(version=version)] == ["acted", "held", "acted"]


def test_a_quorum_of_hours_outlives_a_restart(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(quorum={"users": 2, "within": "5 h"}))
    chat(live, "clip", by=1, at_s=0)
    look()
    chat(live, "clip", by=2, at_s=4 * 3600)

    look(at=NOW + timedelta(hours=4))

    assert [row[1] for row in told()] == ["held", "acted"]


def test_who_made_a_quorum_hours_ago_makes_no_second_one_after_a_restart(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(quorum={"users": 2, "within": "5 h"}))
    chat(live, "clip", by=1, at_s=0)
    chat(live, "clip", by=2, at_s=60)
    look()
    chat(live, "clip", by=3, at_s=3 * 3600)

    look(at=NOW + timedelta(hours=3))

    assert [row[1:3] for row in told()] == [("held", "QUORUM"), ("acted", ""), ("held", "QUORUM")]


def test_who_made_a_quorum_with_somebody_from_too_long_ago_makes_no_second_one(
    workspace: Workspace, live: Live
) -> None:
    make_rule(workspace, spec(quorum={"users": 2, "within": "5 h"}))
    chat(live, "clip", by=1, at_s=0)
    chat(live, "clip", by=2, at_s=4 * 3600)
    look(at=NOW + timedelta(hours=4))
    chat(live, "clip", by=3, at_s=6 * 3600)

    look(at=NOW + timedelta(hours=6))

    assert [row[1:3] for row in told()] == [("held", "QUORUM"), ("acted", ""), ("held", "QUORUM")]


def test_a_rule_that_acted_on_a_count_rests_after_a_restart(workspace: Workspace, live: Live) -> None:
    version = make_rule(workspace, spec("Full", "viewers", conditions=[{"every": 100}], cooldown="10 min"))
    make_firing(version, live, trigger="viewers:0")
    for at_s, viewers in ((0, 90), (20, 150)):
        live.samples.create(at_s=at_s, viewers=viewers)
    Arrival.objects.create(live=live, kind="viewers", refs=[20])

    look(at=NOW + timedelta(minutes=1))

    assert [row[1:3] for row in told()] == [("acted", ""), ("held", "COOLDOWN")]


def test_a_rule_on_trial_rests_after_a_restart_as_if_it_had_acted(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(cooldown="1 h"), mode=Mode.TRIAL)
    chat(live, "clip", at_s=0)
    look()
    chat(live, "clip", at_s=60)

    look(at=NOW + timedelta(minutes=1))

    assert [row[1:3] for row in told()] == [("tried", ""), ("held", "COOLDOWN")]


def test_likes_that_wait_to_be_looked_at_are_news_after_a_restart(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec("Liked", "likes", conditions=[{"reaches": 100}]))
    for at_s, likes in ((0, 50), (10, 60), (30, 0)):
        live.samples.create(at_s=at_s, likes=likes)
    Arrival.objects.create(live=live, kind="viewers", refs=[10])

    look(at=NOW + timedelta(minutes=1))

    assert told() == [("Liked", "acted", "", 1)]


def test_what_was_said_at_the_end_of_a_live_is_remembered_once_it_is_over(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec("Said", "speech", conditions=[{"says": "clip"}], quorum={"users": 2, "within": "1 h"}))
    say(live, "clip", start_s=1)
    look()
    Live.objects.update(ended_at=NOW + timedelta(minutes=1))
    say(live, "clip", start_s=30)

    look(at=NOW + timedelta(minutes=10))

    assert [row[1] for row in told()] == ["held", "acted"]


def test_a_live_that_is_long_over_is_not_read_again(workspace: Workspace) -> None:
    make_rule(workspace)
    live = on_air(workspace)
    Live.objects.update(ended_at=NOW - timedelta(hours=2))
    chat(live, "clip")
    Arrival.objects.all().delete()

    with CaptureQueriesContext(connection) as queries:
        look()

    assert not [query for query in queries if "watch_chatmessage" in query["sql"]]


# ── whatever dies ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Killed(Exception):
    """The process dies."""


@pytest.fixture
def dying() -> Iterator[list[int]]:
    """How many firings may be told before the process dies, in the transaction that writes them."""
    left = [0]

    def die(_: RuleFired) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1

    bus.react(RuleFired, die)
    yield left
    bus.unreact(RuleFired, die)


@pytest.mark.parametrize("told_before", [0, 1])
def test_who_dies_before_the_commit_loses_nothing_and_does_nothing_twice(
    workspace: Workspace, live: Live, dying: list[int], told_before: int
) -> None:
    make_rule(workspace, spec("Rests", cooldown="1 min", then=["mark"]))
    make_rule(workspace, spec("Together", quorum={"users": 2, "within": "1 min"}))
    chat(live, "clip", by=1)
    chat(live, "clip", by=2)
    dying[0] = told_before
    with pytest.raises(Killed):
        look()
    assert (Firing.objects.count(), ActionRun.objects.count(), Arrival.objects.count()) == (0, 0, 2)
    dying[0] = 100

    look()

    assert sorted(told()) == [
        ("Rests", "acted", "", 1),
        ("Rests", "held", "COOLDOWN", 1),
        ("Together", "acted", "", 1),
        ("Together", "held", "QUORUM", 1),
    ]
    assert ActionRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_look_at_the_same_moment_one_writes_it_down(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec(then=["mark"]))
    for n in range(20):
        chat(live, "clip", at_s=n)
    followers = [Follower(), Follower()]
    for follower in followers:
        follower._in_force(NOW)

    ends = at_once(*[lambda one=one: one.catch_up(NOW) for one in followers], refusals=(WasFollowed,))

    assert "done" in ends
    assert told() == [("Clip it", "acted", "", 1)] * 20
    assert ActionRun.objects.count() == 20


def test_a_former_owner_writes_nothing(workspace: Workspace, live: Live) -> None:
    make_rule(workspace)
    chat(live, "clip")
    [token] = leases.claim(["rules"], "new", NOW, ttl_s=60, limit=1).values()

    with pytest.raises(leases.LeaseLost):
        look(Follower(Fence("rules", token - 1)))
    assert told() == []

    look(Follower(Fence("rules", token)))
    assert told() == [("Clip it", "acted", "", 1)]
