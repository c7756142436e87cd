"""Exactly once, whatever dies: what arrives is looked at, and what rules did is remembered."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.factories import NOW, make_workspace
from tests.rules.rows import chat, judge, look, make_firing, make_rule, on_air, say, spec, store, told, undone
from tests.watch.audiences import heard
from vigie.events import AudienceActive, RuleFired
from vigie.people.models import Workspace
from vigie.ports import Fence
from vigie.rules import following, matching
from vigie.rules.following import Follower
from vigie.rules.models import ActionRun, Arrival, Deed, Firing, Mode, Rule, RuleVersion
from vigie.rules.operations import WasFollowed
from vigie.rules.standing import Ruling
from vigie.runtime import bus, leases
from vigie.runtime.supervisor import Supervisor
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db

DEADLINE_S = 20


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return on_air(workspace)


# ── what is written ────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── which rules ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_arrives_where_no_rule_is_in_force(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, mode=Mode.DRAFT)
    make_rule(workspace, mode=Mode.PAUSED)
    removed = make_rule(workspace)
    Rule.objects.filter(pk=removed.rule_id).update(removed_at=NOW)

    chat(live, "clip")

    assert not Arrival.objects.exists()


def test_rules_do_nothing_where_the_workspace_has_them_switched_off(workspace: Workspace, live: Live) -> None:
    make_rule(workspace)
    workspace.modules = ["moderation", "chat"]
    workspace.save()
    chat(live, "clip")

    look()

    assert told() == []
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("fate", [{"mode": Mode.PAUSED}, {"mode": Mode.FORMER}])
def test_a_rule_that_rests_acts_no_more_at_once(workspace: Workspace, live: Live, fate: dict[str, str]) -> None:
    make_rule(workspace)
    follower = look()
    chat(live, "clip")
    RuleVersion.objects.update(**fate)

    look(follower)

    assert told() == []


def test_a_rule_that_was_removed_acts_no_more_at_once(workspace: Workspace, live: Live) -> None:
    make_rule(workspace)
    follower = look()
    chat(live, "clip")
    Rule.objects.update(removed_at=NOW)

    look(follower)

    assert told() == []


def test_a_rule_put_in_force_acts_within_two_seconds(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec("First"))
    follower = look()
    make_rule(workspace, spec("Second"))
    later = NOW + timedelta(seconds=following.RELOAD_S)
    chat(live, "clip", at_s=10)
    look(follower)
    chat(live, "clip", at_s=20)

    look(follower, at=later)

    assert [row[0] for row in told()] == ["First", "First", "Second"]


def test_rules_that_stay_remember_while_others_come_and_go(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec("First", quorum={"users": 2, "within": "1 min"}))
    follower = look()
    chat(live, "clip", by=1)
    look(follower)
    make_rule(workspace, spec("Second", conditions=[{"says": "other"}]))
    chat(live, "clip", by=2)

    look(follower, at=NOW + timedelta(seconds=following.RELOAD_S))

    assert told(deed=Deed.ACTED) == [("First", "acted", "", 1)]


def test_a_rule_that_this_version_cannot_read_holds_up_no_other(workspace: Workspace, live: Live) -> None:
    broken = make_rule(workspace, spec("Broken"))
    RuleVersion.objects.filter(pk=broken.pk).update(content={"name": "Broken", "when": "the moon is full"})
    make_rule(workspace, spec("Whole"))
    chat(live, "clip")

    look()

    assert told() == [("Whole", "acted", "", 1)]


def test_rules_with_more_keywords_than_can_be_looked_for_hold_up_no_other(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_IN_ALL", 10)
    rulings = [
        Ruling(str(size), spec(conditions=[{"says": [f"word{n}" for n in range(size)]}]), None, "1")
        for size in (3, 9, 4)
    ]

    engine = following.fitting(rulings)

    assert [standing.ruling.id for standing in engine.standings] == ["3", "4"]


# ── counts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("arrivals", [1, 12])
def test_looking_asks_as_many_queries_however_much_arrived(workspace: Workspace, arrivals: int) -> None:
    make_rule(workspace, spec(channels=["@somebody", "@else"]))
    make_rule(workspace, spec("Counted", "viewers", conditions=[{"every": 100}]))
    make_rule(workspace, spec("Said", "speech", conditions=[{"says": "clip"}]))
    make_rule(workspace, spec("Severe", "assessment", conditions=[{"score": 0.7}], cooldown="1 h"))
    for _ in range(arrivals):
        live = on_air(workspace)
        chat(live, "clip")
        say(live, "clip", start_s=30)
        judge(live, 0.9, start_s=40)
        Arrival.objects.create(live=live, kind="viewers", refs=[0, 10])
    follower = Follower()
    follower._in_force(NOW)

    with CaptureQueriesContext(connection) as queries:
        follower.catch_up(NOW)

    assert len(queries) == 17


@pytest.mark.parametrize("lives", [1, 5])
def test_remembering_asks_as_many_queries_however_often_rules_acted(workspace: Workspace, lives: int) -> None:
    make_rule(workspace, spec(cooldown={"user": "1 h"}))
    live = on_air(workspace)
    for person in range(lives):
        chat(live, "clip", by=person, at_s=person)
    look()

    with CaptureQueriesContext(connection) as queries:
        Follower()._in_force(NOW + timedelta(minutes=1))

    assert len(queries) == 11


# ── a restart ──────────────────────────────────────────────────────────────────────────────────────────────────────

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


def test_a_rule_that_acted_on_a_count_rests_after_a_restart(workspace: Workspace, live: Live) -> None:
    version = make_rule(workspace, spec("Full", "viewers", conditions=[{"every": 100}], cooldown="10 min"))
    make_firing(version, live, trigger="viewers:0")
    for at_s, viewers in ((0, 90), (20, 150)):
        live.samples.create(at_s=at_s, viewers=viewers)
    Arrival.objects.create(live=live, kind="viewers", refs=[20])

    look(at=NOW + timedelta(minutes=1))

    assert [row[1:3] for row in told()] == [("acted", ""), ("held", "COOLDOWN")]


def test_a_live_that_is_long_over_is_not_read_again(workspace: Workspace) -> None:
    make_rule(workspace)
    live = on_air(workspace)
    Live.objects.update(ended_at=NOW - timedelta(hours=2))
    chat(live, "clip")
    Arrival.objects.all().delete()

    with CaptureQueriesContext(connection) as queries:
        look()

    assert not [query for query in queries if "watch_chatmessage" in query["sql"]]


# ── whatever dies ──────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── under the supervisor ───────────────────────────────────────────────────────────────────────────────────────────


class Seen:
    """Notes firings once they are committed."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.fired: asyncio.Queue[int] = asyncio.Queue()

    def note(self, event: RuleFired) -> None:
        self.loop.call_soon_threadsafe(self.fired.put_nowait, event.firing_id)

    async def one(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.fired.get()


@pytest.mark.django_db(transaction=True)
async def test_rules_are_fed_while_the_supervisor_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_S", 1000.0)  # it is woken
    workspace = await sync_to_async(make_workspace)()
    live = await sync_to_async(on_air)(workspace)
    await sync_to_async(make_rule)(workspace)
    seen, stop = Seen(), asyncio.Event()
    bus.follow(RuleFired, seen.note)
    bus.follow(AudienceActive, following.wake)
    supervisor = Supervisor(wanted=following.wanted, run=following.follow, owner="me")
    task = asyncio.create_task(supervisor.supervise(stop))
    try:
        for n in range(3):
            await sync_to_async(chat)(live, "clip", at_s=n)
            await seen.one()
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE_S):
            await task
        bus.unfollow(RuleFired, seen.note)

    assert await sync_to_async(told)() == [("Clip it", "acted", "", 1)] * 3
    assert following._wakers == []


@pytest.mark.django_db(transaction=True)
async def test_who_is_followed_by_another_lets_go_quietly() -> None:
    workspace = await sync_to_async(make_workspace)()
    await sync_to_async(make_rule)(workspace)
    await sync_to_async(chat)(await sync_to_async(on_air)(workspace), "clip")

    async with asyncio.timeout(DEADLINE_S):
        again_s = await following.follow(Fence("rules", 7))

    assert again_s == following.LOOK_AGAIN_S
