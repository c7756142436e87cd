"""One rule in force: what it matches, what holds it back, in which order, and what it remembers."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.happenings import PEOPLE, START, at, chat, happening, rule, ruling, told
from vigie.rules.kinds import Scope
from vigie.rules.occurrences import Occurrence
from vigie.rules.standing import MOST_LIVES, MOST_RESTING, Outcome, Past, Standing


def standing(**fields: Any) -> Standing:
    return Standing(ruling(rule(**fields)))


def outcomes(asked: Standing, *happened: Occurrence) -> list[Outcome]:
    return [outcome for one in happened if (outcome := asked.look(one, (0,)))]


@pytest.mark.parametrize(
    ("channels", "team", "is_concerned"),
    [
        (None, "", True),
        (frozenset("7"), "", True),
        (frozenset("8"), "", False),
        (frozenset(), "", False),
        (None, "t", False),
    ],
)
def test_rule_is_in_force_on_its_channels_of_its_team(
    channels: frozenset[str] | None, team: str, *, is_concerned: bool
) -> None:
    found = ruling(rule(), channels=channels, team=team)
    assert found.concerns(chat(0, "ana")) is is_concerned
    assert (Standing(found).look(chat(0, "ana"), ()) is not None) is is_concerned


def test_all_conditions_must_hold() -> None:
    asked = standing(if_=[{"says": "clip"}, {"role": "vip"}, {"viewers": 10}])
    vip = frozenset({"vip"})

    assert told(asked, [chat(0, "ana", roles=vip, viewers=10)]) == ["acts"]
    assert told(asked, [chat(1, "ana", roles=vip, viewers=9)]) == [""]
    assert told(asked, [chat(2, "ana", viewers=10)]) == [""]
    assert told(asked, [chat(3, "ana", roles=vip, viewers=10)], said=()) == [""]
    assert asked.remaining == {0: 3, 1: 2, 2: 1}


def test_what_remembers_is_asked_last_and_counts_what_fulfils_the_others() -> None:
    asked = standing(when="share", if_=[{"burst": 2, "within": "10 s"}, {"role": "follower"}])
    follower = frozenset({"follower"})
    shares = [
        happening("share", after_s, user="u", roles=follower if after_s % 2 else frozenset()) for after_s in range(6)
    ]

    assert told(asked, shares) == ["", "", "", "acts", "", ""]
    assert asked.remaining == {1: 3, 0: 1}


def test_each_live_has_a_memory_of_its_own() -> None:
    asked = standing(when="share", if_=[{"burst": 2}])
    assert told(asked, [happening("share", number, live=str(number % 2)) for number in range(4)]) == [
        "",
        "",
        "acts",
        "acts",
    ]


def test_history_holds_back_and_is_no_part_of_a_burst() -> None:
    assert told(standing(if_=[{"says": "clip"}]), [chat(0, "ana", is_history=True)]) == [
        "history: it happened before Vigie was connected"
    ]
    burst = standing(if_=[{"burst": 2}])
    assert told(burst, [chat(0, "ana", is_history=True), chat(1, "ana"), chat(2, "ana")]) == ["", "", "acts"]


@pytest.mark.parametrize(
    ("unless", "happened", "word"),
    [
        ([{"user": "ana"}], chat(0, "ana"), "exception: user"),
        ([{"user": "bob"}], chat(0, "ana"), "acts"),
        ([{"viewers": 5}, {"user": "ana"}], chat(0, "ana", viewers=5), "exception: viewers"),
        ([{"matches": "pas"}], chat(0, "ana", "pas de clip"), "exception: matches"),
    ],
)
def test_exception_holds_back(unless: list[Any], happened: Occurrence, word: str) -> None:
    assert told(standing(if_=[{"says": "clip"}], unless=unless), [happened]) == [word]


def test_keywords_of_exceptions_are_counted_on_from_the_conditions() -> None:
    asked = standing(if_=[{"says": "clip"}], unless=[{"user": "x"}, {"says": "pas"}])
    assert told(asked, [chat(0, "ana")], said=(0,)) == ["acts"]
    assert told(asked, [chat(1, "ana")], said=(0, 2)) == ["exception: says"]
    assert told(asked, [chat(2, "ana")], said=(2,)) == [""]


# ── quorum ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([(0, "ana"), (1, "bob"), (2, "cy")], ["quorum: 1 of 3", "quorum: 2 of 3", "acts"]),
        ([(0, "ana"), (1, "ana"), (2, "ana")], ["quorum: 1 of 3"] * 3),
        ([(0, "ana"), (29, "bob"), (30, "cy")], ["quorum: 1 of 3", "quorum: 2 of 3", "quorum: 2 of 3"]),
        ([(0, "ana"), (1, "bob"), (20, "ana"), (30.9, "cy")], ["quorum: 1 of 3", *["quorum: 2 of 3"] * 2, "acts"]),
        (
            [(0, "ana"), (1, "bob"), (2, "cy"), (3, "dan")],
            ["quorum: 1 of 3", "quorum: 2 of 3", "acts", "quorum: 1 of 3"],
        ),
    ],
)
def test_quorum_is_of_different_people_within_a_time(said: list[tuple[float, str]], words: list[str]) -> None:
    asked = standing(quorum={"users": 3, "within": "30 s"})
    assert told(asked, [chat(after_s, user) for after_s, user in said]) == words


def test_quorum_acts_on_what_each_of_its_people_did_last() -> None:
    asked = standing(quorum={"users": 2, "within": "30 s"})
    first, again, second = chat(0, "ana"), chat(5, "ana"), chat(6, "bob")

    *_, outcome = outcomes(asked, first, again, second)

    assert outcome.occurrences == (again, second)
    assert (outcome.at, outcome.since) == (at(6), at(5))


def test_quorum_ends_with_what_completed_it_however_late_it_came() -> None:
    first, late = chat(5, "ana"), chat(3, "bob")

    *_, outcome = outcomes(standing(quorum={"users": 2, "within": "30 s"}), first, late)

    assert outcome.occurrences == (first, late)
    assert (outcome.at, outcome.since) == (at(3), at(3))


def test_quorum_of_what_nobody_did_is_of_so_many() -> None:
    asked = standing(when="assessment", quorum={"users": 2, "within": "60 s"})
    assert told(asked, [happening("assessment", 0), happening("assessment", 9)]) == ["quorum: 1 of 2", "acts"]


def test_quorum_goes_on_while_the_rule_rests() -> None:
    asked = standing(quorum={"users": 2, "within": "30 s"}, cooldown="1 min")
    said = [chat(0, "ana"), chat(1, "bob"), chat(40, "ana"), chat(41, "bob"), chat(62, "cy")]
    assert told(asked, said) == [
        "quorum: 1 of 2",
        "acts",
        "quorum: 1 of 2",
        "cooldown: it acted 40 s ago for the same channel",
        "acts",
    ]


def test_message_of_a_wrong_clock_makes_no_quorum() -> None:
    asked = standing(quorum={"users": 2, "within": "30 s"})
    said = [chat(86_400, "ana"), chat(0, "bob"), chat(86_399, "cy"), chat(1, "dan")]
    assert told(asked, said) == ["quorum: 1 of 2"] * 4


# ── rests ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cooldown", "second", "word"),
    [
        ("1 min", chat(59, "bob"), "cooldown: it acted 59 s ago for the same channel"),
        ("1 min", chat(60, "bob"), "acts"),
        ("1 min", chat(1, "bob", channel="8", live="2"), "acts"),
        ("1 min", chat(1, "bob", live="2"), "cooldown: it acted 1 s ago for the same channel"),
        ({"rule": 60}, chat(1, "bob", channel="8"), "cooldown: it acted 1 s ago for the same rule"),
        ({"user": 60}, chat(1, "bob"), "acts"),
        ({"user": 60}, chat(2, "ana", channel="8"), "cooldown: it acted 2 s ago for the same user"),
        ({"user": 60, "channel": 10}, chat(20, "ana"), "cooldown: it acted 20 s ago for the same user"),
        ({"channel": "1 d"}, chat(7200, "bob"), "cooldown: it acted 2 h ago for the same channel"),
        ("1 min", chat(-5, "bob"), "cooldown: it acted 5 s ago for the same channel"),
    ],
)
def test_cooldown(cooldown: Any, second: Occurrence, word: str) -> None:
    assert told(standing(cooldown=cooldown), [chat(0, "ana"), second]) == ["acts", word]


def test_cooldown_of_a_target() -> None:
    asked = standing(when="assessment", cooldown={"target": "1 min"})
    targets = ["women", "women", "jews", "", ""]
    assert told(asked, [happening("assessment", place, target=target) for place, target in enumerate(targets)]) == [
        "acts",
        "cooldown: it acted 1 s ago for the same target",
        *["acts"] * 3,
    ]


def test_recording_without_channels_rests_as_one() -> None:
    said = [chat(after_s, "ana", live="", channel="") for after_s in (0, 1)]
    assert told(standing(cooldown=9), said) == ["acts", "cooldown: it acted 1 s ago for the same channel"]


def test_lives_of_no_channel_rest_each_for_itself() -> None:
    said = [chat(after_s, "ana", live=live, channel="") for after_s, live in enumerate("121")]
    assert told(standing(cooldown=9), said) == ["acts", "acts", "cooldown: it acted 2 s ago for the same channel"]


def test_hourly_cap_is_of_any_hour() -> None:
    asked = standing(per_hour=2)
    said = [chat(after_s, "ana") for after_s in (0, 1800, 3599, 3600, 3601, 5400)]
    cap = "hourly cap: it acted 2 times within the hour"
    assert told(asked, said) == ["acts", "acts", cap, "acts", cap, "acts"]


def test_schedule_holds_back() -> None:
    asked = standing(schedule={"from": "20:00", "to": "20:30"})
    assert told(asked, [chat(0, "ana"), chat(1800, "ana")]) == [
        "acts",
        "schedule: the rule is not in force at that time",
    ]


def test_reasons_come_in_order() -> None:
    fields = {"quorum": {"users": 2, "within": 60}, "schedule": {"from": "20:00", "to": "20:30"}, "cooldown": 900}
    asked = standing(unless=[{"user": "bot"}], **fields)
    said = [
        chat(0, "bot"),
        chat(1, "ana"),
        chat(2, "bob"),
        chat(3, "cy"),
        chat(4, "dan"),
        chat(1801, "x"),
        chat(1802, "y"),
    ]
    assert [word.partition(":")[0] for word in told(asked, said)] == [
        *("exception", "quorum", "acts", "quorum", "cooldown", "quorum", "schedule")
    ]


def test_what_it_did_before_can_be_told_and_forgotten() -> None:
    asked = standing(cooldown=60, per_hour=1)
    asked.acted(START, chat(0, "ana"))
    assert told(asked, [chat(1, "ana"), chat(61, "ana")]) == [
        "cooldown: it acted 1 s ago for the same channel",
        "hourly cap: it acted 1 times within the hour",
    ]
    asked.forget_acts()
    assert told(asked, [chat(62, "ana")]) == ["acts"]


def test_a_rule_saw_what_happened_from_the_moment_it_was_put_in_force() -> None:
    asked = standing()
    asked.past = Past(at(1))
    assert told(asked, [chat(0.9, "ana"), chat(1, "ana")]) == ["", "schedule: the rule is not in force at that time"]


# ── guarantees ─────────────────────────────────────────────────────────────────────────────────────────────────────

SAID = st.lists(st.tuples(st.integers(0, 9000), st.sampled_from(PEOPLE), st.sampled_from("78")), max_size=60)


@given(SAID, st.integers(1, 4), st.integers(1, 3600), st.sampled_from(Scope))
def test_never_above_the_hourly_cap_nor_twice_within_a_cooldown(
    said: list[tuple[int, str, str]], per_hour: int, rest_s: int, scope: Scope
) -> None:
    scope = Scope.RULE if scope is Scope.TARGET else scope
    asked = standing(per_hour=per_hour, cooldown={scope: rest_s})
    happened = [chat(after_s, user, channel=channel) for after_s, user, channel in sorted(said)]
    acts = [(found.at, found.occurrences[-1]) for found in outcomes(asked, *happened) if found.held is None]
    for moment, _ in acts:
        assert sum(moment <= other < moment + timedelta(hours=1) for other, _ in acts) <= per_hour
    whom = {Scope.RULE: lambda one: "", Scope.CHANNEL: lambda one: one.channel, Scope.USER: lambda one: one.user}[scope]
    for key in {whom(happened) for _, happened in acts}:
        times = [moment for moment, happened in acts if whom(happened) == key]
        assert all(later - earlier >= timedelta(seconds=rest_s) for earlier, later in pairwise(times))


@given(
    st.lists(st.tuples(st.integers(0, 120), st.sampled_from(PEOPLE)), max_size=40),
    st.integers(2, 4),
    st.integers(1, 60),
)
def test_quorum_is_always_of_so_many_people_within_the_time(
    said: list[tuple[int, str]], users: int, within_s: int
) -> None:
    """In whatever order it is told; and in the order of time, it is never missed."""
    asked = standing(quorum={"users": users, "within": within_s})
    for outcome in outcomes(asked, *(chat(after_s, user) for after_s, user in said)):
        if outcome.held is None:
            assert len({happened.user for happened in outcome.occurrences}) == users
            assert all(abs(outcome.at - happened.at) < timedelta(seconds=within_s) for happened in outcome.occurrences)
    people = {user for after_s, user in said if after_s < within_s}
    if len(people) >= users:
        fresh = standing(quorum={"users": users, "within": within_s})
        assert "acts" in told(fresh, [chat(after_s, user) for after_s, user in sorted(said) if after_s < within_s])


# ── memory ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_live_that_is_over_is_forgotten() -> None:
    asked = standing(if_=[{"burst": 2, "within": 60}], quorum={"users": 2, "within": 60})
    told(asked, [chat(0, "ana"), chat(1, "ana")])
    asked.forget("1")
    assert (asked._memories, asked._waiting) == ({}, {})
    asked.forget("2")


def test_flood_of_lives_is_forgotten_beginning_with_the_one_that_is_quiet_longest() -> None:
    asked = standing(when="share", if_=[{"burst": 99}])
    told(asked, [happening("share", number, live=str(number)) for number in range(MOST_LIVES + 5)])
    assert (len(asked._memories), next(iter(asked._memories))) == (MOST_LIVES, "5")


def test_flood_of_people_waits_for_no_more_than_a_quorum_takes() -> None:
    asked = standing(unless=[{"user": "nobody"}], quorum={"users": 1000, "within": "1 d"}, cooldown="1 d")
    told(asked, [chat(number / 100, f"u{number}") for number in range(2500)])
    assert [len(waiting) for waiting in asked._waiting.values()] == [1000]


def test_rests_are_bounded_and_the_oldest_is_forgotten_first() -> None:
    asked = standing(cooldown={"user": "1 d"})
    for number in range(MOST_RESTING + 3):
        asked.acted(START, chat(0, f"u{number}"))
    assert (len(asked._resting), next(iter(asked._resting))) == (MOST_RESTING, (Scope.USER, "u3"))
    for user in ("u3", "new"):
        asked.acted(START, chat(0, user))
    assert (len(asked._resting), next(iter(asked._resting))) == (MOST_RESTING, (Scope.USER, "u5"))
    assert len(asked._acted) == 600


def test_ten_viewers_are_the_fewest_that_can_drop() -> None:
    def dropped(peak: int) -> list[str]:
        counts = [happening("viewers", after_s, value=value) for after_s, value in ((0, peak), (10, 0))]
        return told(standing(when="viewers", if_=[{"drops": 0.5}]), counts)

    assert (dropped(10), dropped(9)) == (["", "acts"], ["", ""])
