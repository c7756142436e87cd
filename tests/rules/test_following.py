"""What arrives is looked at by the rules in force."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_workspace
from tests.rules.rows import chat, judge, look, make_rule, on_air, say, spec, told
from vigie.events import AudienceActive, RuleFired
from vigie.people.models import Workspace
from vigie.ports import Fence
from vigie.rules import following, matching
from vigie.rules.engine import Engine
from vigie.rules.following import Follower
from vigie.rules.models import Arrival, Deed, Mode, Rule, RuleVersion
from vigie.rules.standing import Ruling
from vigie.runtime import bus
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


# ── which rules ───────────────────────────────────────────────────────────────────────────────────────────────────────


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


def test_a_rule_that_was_paused_and_resumed_still_rests(workspace: Workspace, live: Live) -> None:
    version = make_rule(workspace, spec(cooldown="1 h"))
    make_rule(workspace, spec("Other", conditions=[{"says": "other"}]))
    follower = look()
    chat(live, "clip", at_s=10)
    look(follower)
    for n, mode in enumerate((Mode.PAUSED, Mode.ACTIVE), 1):
        RuleVersion.objects.filter(pk=version.pk).update(mode=mode)
        look(follower, at=NOW + timedelta(seconds=n * following.RELOAD_S))
    chat(live, "clip", at_s=20)

    look(follower, at=NOW + timedelta(seconds=2 * following.RELOAD_S))

    assert told() == [("Clip it", "acted", "", 1), ("Clip it", "held", "COOLDOWN", 1)]


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


# ── off the way ──


def test_former_rules_look_on_while_others_are_being_built(workspace: Workspace, live: Live) -> None:
    make_rule(workspace, spec("First", quorum={"users": 2, "within": "1 min"}))
    later = NOW + timedelta(seconds=following.RELOAD_S)
    slow = Slow()
    follower = Follower(build=slow)
    look(follower)
    make_rule(workspace, spec("Second"))
    chat(live, "clip", by=1)
    look(follower, at=later)
    chat(live, "clip", by=2, at_s=1)
    look(follower, at=later)

    assert [row[0] for row in told()] == ["First", "First"]

    slow.is_ready = True
    chat(live, "clip", by=3, at_s=2)
    look(follower, at=later)

    assert [row[0] for row in told()] == ["First", "First", "Second"]


class Slow:
    """Builds an engine at once, and says so when it is told to."""

    is_ready = False

    def __call__(self, rulings: Sequence[Ruling], former: Engine) -> Engine | None:
        return following.at_once(rulings, former) if self.is_ready else None


def test_workshop_builds_in_a_thread_of_its_own_what_is_wanted_last() -> None:
    workshop, former = following.Workshop(), Engine([])
    first, last = (Ruling(name, spec(name)) for name in ("First", "Last"))
    try:
        workshop([first], former)
        built = None
        while built is None:
            built = workshop([last], former)
    finally:
        workshop.close()

    assert [standing.ruling for standing in built.standings] == [last]


@pytest.mark.parametrize(
    ("sizes", "taken"),
    [([], 0), ([1], 1), ([9], 1), ([9, 1], 1), ([2, 3], 2), ([2, 3, 0, 1], 3), ([2, 4, 1], 1)],
)
def test_so_much_is_looked_at_together_and_one_arrival_at_least(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], taken: int
) -> None:
    monkeypatch.setattr(following, "MOST_ROWS", 5)
    arrivals = [Arrival(kind="chat", refs=list(range(size))) for size in sizes]

    assert following._first(arrivals) == arrivals[:taken]


# ── counts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── under the supervisor ──────────────────────────────────────────────────────────────────────────────────────────────


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
