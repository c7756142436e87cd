"""What is stored makes the same of rules as what comes: a dry run is the same as live."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import NOW, make_workspace
from tests.rules.rows import chat, judge, look, make_rule, on_air, say, spec, store, undone
from tests.watch.audiences import heard, somebody
from vigie.events import ActivityKind, Badge, LiveEnded, LiveStarted
from vigie.people.models import Workspace
from vigie.risk.models import Assessment, Outcome
from vigie.rules import dryrun, queries, receivers, sources
from vigie.rules.following import Follower
from vigie.rules.kinds import When
from vigie.rules.models import Arrival, Deed, Firing, RuleVersion
from vigie.rules.occurrences import Occurrence
from vigie.watch.models import Live
from vigie.watch.operations import counts
from vigie.watch.operations.chat import Heard

pytestmark = pytest.mark.django_db

KINDS = list(When)


@pytest.fixture
def live() -> Live:
    workspace = make_workspace()
    make_rule(workspace)  # so that something arrives
    return on_air(workspace)


def arrived() -> list[Occurrence]:
    return sources.arrived(list(Arrival.objects.order_by("pk")))


# ── one by one ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_is_told_with_its_writer_and_who_watched(live: Live) -> None:
    counts.count_viewers(live.pk, 3.0, 120)
    store([heard(live, "m1", by=somebody(7, Badge.MODERATOR, Badge.SUBSCRIBER), at_s=42.5, text="clip")])
    message = live.messages.get()

    [happened] = arrived()

    assert happened == Occurrence(
        When.CHAT,
        f"chat:{message.pk}",
        NOW + timedelta(seconds=42.5),
        str(live.pk),
        str(live.channel_id),
        str(live.channel.workspace_id),
        42.5,
        text="clip",
        user=str(message.chatter_id),
        names=("viewer7", "Viewer 7", message.chatter.pseudonym),
        roles=frozenset({"moderator", "subscriber"}),
        value=1,
        viewers=120,
    )


@pytest.mark.parametrize(
    ("kind", "count", "worth", "value"),
    [
        (ActivityKind.GIFT, 5, 500, 500),
        (ActivityKind.LIKE, 15, 0, 15),
        (ActivityKind.SHARE, 1, 0, 1),
        (ActivityKind.RAID, 80, 0, 80),
    ],
)
def test_what_an_audience_does_is_worth_what_it_brings(
    live: Live, kind: ActivityKind, count: int, worth: int, value: int
) -> None:
    store([heard(live, "m1", kind=kind, text="", count=count, value=worth)])

    [happened] = arrived()

    assert (happened.kind, happened.value, happened.count) == (When(kind.value), value, count)


def test_speech_and_verdicts_begin_where_they_were_said(live: Live) -> None:
    utterance = say(live, "clip it", start_s=20)
    assessment = judge(live, 0.9, start_s=30, target="muslims")

    said, judged = arrived()

    assert (said.key, said.text, said.at_s, said.since) == (
        f"speech:{utterance}",
        "clip it",
        23.5,
        NOW + timedelta(seconds=20),
    )
    assert (judged.key, judged.score, judged.category, judged.target) == (
        f"assessment:{assessment}",
        0.9,
        "hateful",
        "muslims",
    )
    assert judged.since == NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("at_s", "viewers"),
    [(5.0, None), (20.0, None), (20.5, 100), (29.0, 100), (31.0, 200), (60.0, 200), (910.0, 200), (911.0, None)],
)
def test_viewers_are_those_last_counted_while_the_count_is_believed(
    live: Live, at_s: float, viewers: int | None
) -> None:
    for begin_s, count in ((0, 100), (10, 200)):
        live.samples.create(at_s=begin_s, viewers=count)
    live.samples.create(at_s=40, viewers=None)

    stage = sources.stages([(live.pk, at_s)])[live.pk]

    assert stage.viewers(at_s) == viewers


def test_counts_tell_viewers_and_all_likes_so_far(live: Live) -> None:
    for begin_s, viewers, likes in ((0, None, 5), (10, 90, 10), (30, 100, 1)):
        live.samples.create(at_s=begin_s, viewers=viewers, likes=likes)
    Arrival.objects.create(live=live, kind="viewers", refs=[10, 20])
    Arrival.objects.create(live=live, kind="viewers", refs=[30])

    told = [(happened.key, happened.at_s, happened.value) for happened in arrived()]

    assert told == [
        ("viewers:10", 20.0, 90),
        ("likes:10", 20.0, 15),
        ("viewers:30", 40.0, 100),
        ("likes:30", 40.0, 16),
    ]


def test_what_is_of_another_live_than_it_arrived_for_did_not_happen(live: Live) -> None:
    chat(live, "clip")
    Arrival.objects.update(live=on_air(live.channel.workspace, name="@other"))

    assert arrived() == []


@pytest.mark.parametrize(("last_s", "stretches"), [(10, []), (20, ["viewers:0"]), (30, ["viewers:0", "viewers:10"])])
def test_a_recording_tells_counts_when_they_are_settled(live: Live, last_s: int, stretches: list[str]) -> None:
    for begin_s in range(0, last_s + 1, 10):
        live.samples.create(at_s=begin_s, viewers=50)

    told = sources.recorded(live, [When.VIEWERS])

    assert [one.key for one in told if one.kind is When.VIEWERS] == stretches


def test_keys_lead_to_what_is_still_there(live: Live) -> None:
    chat(live, "clip")
    utterance = say(live, "clip it", start_s=20)
    [message] = live.messages.all()
    other = on_air(live.channel.workspace)
    keys = [(live.pk, f"chat:{message.pk}"), (live.pk, f"speech:{utterance}")]

    with CaptureQueriesContext(connection) as asked:
        gone = [(live.pk, "chat:999999"), (other.pk, "hype:1767607200"), (other.pk, "live_ended")]
        found = sources.of_keys([*keys, *gone])

    assert list(found) == keys
    assert [happened.text for happened in found.values()] == ["clip", "clip it"]
    assert len(asked) == 4


def test_of_a_trigger_that_is_gone_it_is_known_where_and_when(live: Live) -> None:
    version = RuleVersion.objects.get()
    firing = Firing(version=version, live=live, deed=Deed.ACTED, trigger="chat:5", refs=["chat:5"], at=NOW, at_s=12.0)

    happened = sources.somewhere(firing)

    assert (happened.kind, happened.key, happened.channel) == (When.CHAT, "chat:5", str(live.channel_id))
    assert (happened.at, happened.user) == (NOW + timedelta(seconds=12), "")


def test_silence_is_not_recorded(live: Live) -> None:
    say(live, "", start_s=1)
    say(live, "  ", start_s=5)
    say(live, "clip", start_s=9, state="skipped")

    assert [happened.kind for happened in sources.recorded(live, KINDS)] == [When.LIVE_STARTED]


def test_a_recording_asks_for_what_rules_wait_for(live: Live) -> None:
    chat(live, "clip", at_s=10)
    say(live, "clip it", start_s=20)

    assert [one.kind for one in sources.recorded(live, [When.SPEECH])] == [When.LIVE_STARTED, When.SPEECH]
    assert [one.kind for one in sources.recorded(live, [When.HYPE])] == [When.LIVE_STARTED, When.CHAT]


def test_a_recording_since_a_moment_leaves_out_what_was_before(live: Live) -> None:
    chat(live, "clip", at_s=10)
    chat(live, "clip", at_s=100)
    say(live, "clip it", start_s=20)

    seen = sources.recorded(live, KINDS, since=NOW + timedelta(seconds=60))

    assert [(one.kind, one.at_s) for one in seen] == [(When.LIVE_STARTED, 0.0), (When.CHAT, 100.0)]


# ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────────────

RULES = [
    spec("Begun", "live_started", channels=["@theirs"]),
    spec("Over", "live_ended"),
    spec("Keyword", cooldown={"channel": "30 s", "user": "2 min"}, unless=[{"user": "viewer3"}]),
    spec("Together", quorum={"users": 3, "within": "20 s"}),
    spec("Watched", conditions=[{"says": "clip"}, {"viewers": 150}], per_hour=2),
    spec("Gift", "gift", conditions=[{"value": 100}]),
    spec("Shares", "share", conditions=[{"burst": 3, "within": "10 s"}]),
    spec("Said", "speech", conditions=[{"says": ["clip", "look"]}], cooldown="10 s"),
    spec("Severe", "assessment", conditions=[{"score": 0.6}], cooldown={"target": "1 min"}),
    spec("Full", "viewers", conditions=[{"every": 100}]),
    spec("Leaving", "viewers", conditions=[{"drops": "30 %", "within": "40 s"}]),
    spec("Liked", "likes", conditions=[{"reaches": [50, 100]}]),
    spec("Excited", "hype", conditions=[]),
]


def rules_of(workspace: Workspace) -> None:
    for rule in RULES:
        make_rule(workspace, rule)


def live_did(live: Live) -> tuple[list[tuple[object, ...]], Counter[tuple[str, str]]]:
    """Return when rules acted live, and how often each held back for what."""
    acted, held = [], Counter[tuple[str, str]]()
    for firing in live.firings.select_related("version__rule"):
        if firing.deed == Deed.HELD:
            held[firing.version.rule.name, firing.brake] += firing.count
        else:
            acted.append((firing.version.rule.name, firing.trigger, firing.at, firing.refs, firing.value))
    return sorted(acted, key=str), held


def dry_run(live: Live) -> tuple[list[tuple[object, ...]], Counter[tuple[str, str]]]:
    """Return the same of a dry run over what is stored."""
    rulings = queries.rulings_of(queries.versions_in_force())
    acted, held = [], Counter[tuple[str, str]]()
    for outcome in dryrun.run(rulings, sources.recorded(live, {ruling.spec.when for ruling in rulings})):
        name, last = outcome.ruling.spec.name, outcome.occurrences[-1]
        if outcome.held:
            held[name, outcome.held.brake.name] += 1
        else:
            refs = [happened.key for happened in outcome.occurrences]
            acted.append((name, last.key, outcome.at, refs, last.value or None))
    return sorted(acted, key=str), held


def begin(live: Live) -> None:
    receivers.take_start(LiveStarted(live.channel.workspace_id, live.pk, live.channel_id, NOW))


def end(live: Live, after_s: float) -> None:
    live.ended_at = NOW + timedelta(seconds=after_s)
    live.save()
    receivers.take_end(LiveEnded(live.channel.workspace_id, live.pk, live.ended_at, "it is over"))


def quiet_then_hype(live: Live) -> list[list[Heard]]:
    """Return the batches of a chat: five minutes of few, then of many, with everything else that audiences do."""
    batches = []
    for second in range(0, 330, 3):
        people = [second % 4] if second < 300 else list(range(20))
        texts = ["clip" if second % 21 == 0 else "la la" for _ in people]
        batch = [
            heard(live, f"m{second}-{person}", by=person, at_s=second + person / 100, text=text)
            for person, text in zip(people, texts, strict=True)
        ]
        if second % 30 == 0:
            batch.append(heard(live, f"g{second}", at_s=second, kind=ActivityKind.GIFT, value=second, text=""))
        if second % 9 < 6:
            batch.append(heard(live, f"s{second}", at_s=second, kind=ActivityKind.SHARE, text=""))
            batch.append(heard(live, f"l{second}", at_s=second, kind=ActivityKind.LIKE, text="", count=2))
        batches.append(batch)
    batches.insert(0, [heard(live, "old", at_s=0, text="clip", is_history=True)])
    return batches


@pytest.mark.parametrize("restarts", [(), (20, 60, 101)])
def test_a_dry_run_is_the_same_as_live(restarts: tuple[int, ...]) -> None:
    workspace = make_workspace()
    rules_of(workspace)
    live = on_air(workspace, name="@theirs")
    begin(live)
    follower = Follower()
    for n, batch in enumerate(quiet_then_hype(live)):
        follower = Follower() if n in restarts else follower
        store(batch)
        at_s = max(one.at_s for one in batch)
        now = NOW + timedelta(seconds=at_s)
        counts.recount({live.pk: {counts.stretch_of(one.at_s) for one in batch}})
        counts.count_viewers(live.pk, at_s, 100 + n * 2 if n < 90 else 60)
        if n % 10 == 0:
            say(live, "look at that" if n % 20 else "hello", start_s=at_s)
            judge(live, 0.7 if n % 20 else 0.1, start_s=at_s + 0.5, target="muslims", assessed_at=now)
        if n % 3 == 0:
            look(follower, at=now)
    end(live, 331.0)
    look(follower, at=NOW + timedelta(seconds=331))

    acted, held = live_did(live)
    assert (acted, held) == dry_run(live)
    assert {name for name, *_ in acted} == {rule.name for rule in RULES}
    assert held["Keyword", "HISTORY"] == 1


WHAT = st.tuples(
    st.sampled_from(["clip", "la la", "gift", "share", "said", "judged", "viewers", "look"]),
    st.integers(1, 5),
    st.sampled_from([0.0, 1.0, 4.0, 12.0]),
)


@settings(max_examples=40)
@given(happening=st.lists(WHAT, min_size=1, max_size=50))
def test_whatever_happens_a_dry_run_is_the_same_as_live(happening: list[tuple[str, int, float]]) -> None:
    with undone():
        workspace = make_workspace()
        rules_of(workspace)
        live = on_air(workspace, name="@theirs")
        begin(live)
        follower, at_s = Follower(), 0.0
        for n, (what, who, pause_s) in enumerate(happening):
            at_s += pause_s
            let(live, what, who, at_s, n)
            if what == "look":
                look(follower, at=NOW + timedelta(seconds=at_s))
        end(live, at_s + 5)
        look(follower, at=NOW + timedelta(seconds=at_s))

        assert live_did(live) == dry_run(live)


def let(live: Live, what: str, who: int, at_s: float, n: int) -> None:
    """Let one thing happen in a live."""
    kinds = {"gift": ActivityKind.GIFT, "share": ActivityKind.SHARE}
    if what in {"clip", "la la", *kinds}:
        kind = kinds.get(what, ActivityKind.MESSAGE)
        store([heard(live, f"m{n}", by=who, at_s=at_s, kind=kind, text=what, value=who * 40)])
        counts.recount({live.pk: {counts.stretch_of(at_s)}})
    elif what == "said":
        say(live, "look, a clip", start_s=at_s + n / 1000)
    elif what == "judged":
        judge(live, who / 5, start_s=at_s + n / 1000, assessed_at=NOW + timedelta(seconds=n))
    elif what == "viewers":
        counts.count_viewers(live.pk, at_s, who * 70)


def test_what_could_not_be_judged_is_no_verdict_in_a_recording() -> None:
    live = on_air()
    judge(live, 0.9, start_s=1)
    judge(live, 0.9, start_s=5, outcome=Outcome.ABSTAINED)

    assert [found.at_s for found in sources.recorded(live, {When.ASSESSMENT}) if found.kind is When.ASSESSMENT] == [
        Assessment.objects.order_by("pk")[0].end_s
    ]
