"""Each condition: when it holds, of what it can be asked, and what it remembers."""

from typing import Any

import pytest

from tests.rules.happenings import chat, happening, rule
from vigie.rules.conditions import CONDITIONS, Condition, Look, folded, name_of
from vigie.rules.document import BadRules
from vigie.rules.kinds import When
from vigie.rules.memory import Memory
from vigie.rules.occurrences import Occurrence

VALUES: dict[str, Any] = {
    "says": "clip",
    "matches": "cl.p",
    "role": "vip",
    "user": "ana",
    "value": 10,
    "viewers": 10,
    "reaches": 100,
    "every": 100,
    "drops": "30 %",
    "burst": 3,
    "strength": 6,
    "score": 0.7,
    "category": "hateful",
    "target": "women",
}


def condition(when: When | str, **fields: Any) -> Condition:
    (written,) = rule(when, if_=[fields]).if_
    return written


def holds(asked: Condition, *happened: Occurrence, is_said: bool = False) -> list[bool]:
    """Return what the condition says of each, with one memory."""
    memory = Memory()
    return [asked.holds(Look(one, is_said, memory)) for one in happened]


def counts(kind: str, *totals: int, every_s: float = 10) -> list[Occurrence]:
    return [happening(kind, number * every_s, value=total) for number, total in enumerate(totals)]


def test_every_condition_is_tried_here_and_named_by_its_field() -> None:
    assert VALUES.keys() == CONDITIONS.keys()
    for name, kind in CONDITIONS.items():
        assert name in kind.model_fields
        assert name_of(condition(min(kind.asks_of), **{name: VALUES[name]})) == name


@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.parametrize("when", When)
def test_condition_is_asked_only_of_what_can_fulfil_it(name: str, when: When) -> None:
    if when in CONDITIONS[name].asks_of:
        assert rule(when, if_=[{name: VALUES[name]}]).if_
        return
    with pytest.raises(BadRules) as refused:
        rule(when, if_=[{name: VALUES[name]}])

    assert str(refused.value) == f"rule “r”, “{name}” cannot be asked of “{when}”."


@pytest.mark.parametrize(
    ("asked", "happened", "is_held"),
    [
        ({"matches": "cl.p"}, chat(0, "ana", "un CLAP !"), True),
        ({"matches": "^clip"}, chat(0, "ana", "un clip"), False),
        ({"role": ["vip", "moderator"]}, chat(0, "ana", roles=frozenset({"vip"})), True),
        ({"role": "vip"}, chat(0, "ana", roles=frozenset({"follower"})), False),
        ({"user": "@ANA "}, chat(0, "ana"), True),
        ({"user": "pseudonym-3"}, happening("chat", user="12", names=("ana", "Pseudonym-3")), True),
        ({"user": "ana"}, happening("chat", user="ana", names=("bob",)), False),
        ({"user": 12345}, chat(0, "12345"), True),
        ({"viewers": 10}, chat(0, "ana", viewers=10), True),
        ({"viewers": 10}, chat(0, "ana", viewers=9), False),
        ({"viewers": 0}, chat(0, "ana", viewers=None), False),
        ({"value": 10}, happening("gift", value=10), True),
        ({"value": 10}, happening("gift", value=9), False),
        ({"value": 10, "at_most": 20}, happening("gift", value=20), True),
        ({"value": 10, "at_most": 20}, happening("gift", value=21), False),
        ({"value": 50}, happening("raid", value=80), True),
        ({"strength": 5}, happening("hype", strength=5.0), True),
        ({"strength": 5}, happening("hype", strength=4.9), False),
        ({"score": 0.7}, happening("assessment", score=0.7), True),
        ({"score": "70 %"}, happening("assessment", score=0.69), False),
        ({"score": 0}, happening("assessment", score=None), False),
        ({"category": ["Hateful", "polemic"]}, happening("assessment", category="hateful"), True),
        ({"category": "hateful"}, happening("assessment", category="Hateful"), True),
        ({"category": "hateful"}, happening("assessment", category=""), False),
        ({"target": "Women"}, happening("assessment", target="women"), True),
        ({"target": "women"}, happening("assessment", target="Women"), True),
        ({"target": "women"}, happening("assessment", target=""), False),
    ],
)
def test_condition_holds(asked: dict[str, Any], happened: Occurrence, *, is_held: bool) -> None:
    assert holds(condition(happened.kind, **asked), happened) == [is_held]


@pytest.mark.parametrize("is_said", [True, False])
def test_says_is_what_the_automaton_found(*, is_said: bool) -> None:
    assert holds(condition("chat", says="clip"), chat(0, "ana"), is_said=is_said) == [is_said]


@pytest.mark.parametrize(
    ("asked", "totals", "held"),
    [
        ({"reaches": 100}, [90, 99, 100, 101, 90, 100], [False, False, True, False, False, False]),
        ({"reaches": [100, 200]}, [50, 250, 260], [False, True, False]),
        ({"reaches": [100, 200]}, [50, 150, 200], [False, True, True]),
        ({"reaches": 100}, [150, 160], [False, False]),
        ({"reaches": 0}, [0, 1], [False, False]),
        ({"every": 100}, [90, 110, 190, 410, 300, 420], [False, True, False, True, False, False]),
        ({"every": 1}, [3, 3, 4], [False, False, True]),
        ({"drops": 0.3}, [100, 80, 70, 60, 49, 48], [False, False, True, False, True, False]),
        ({"drops": "30 %"}, [9, 1], [False, False]),
        ({"drops": 1}, [50, 1, 0], [False, False, True]),
        ({"drops": 0.5, "within": "20 s"}, [100, 70, 50, 40], [False, False, False, False]),
        ({"drops": 0.5, "within": "30 s"}, [100, 70, 50, 40], [False, False, True, False]),
    ],
)
def test_totals_are_told_once(asked: dict[str, Any], totals: list[int], held: list[bool]) -> None:
    assert holds(condition("viewers", **asked), *counts("viewers", *totals)) == held


@pytest.mark.parametrize(
    ("asked", "happened", "held"),
    [
        ({"burst": 3}, [(0, 1), (4, 1), (9.9, 1)], [False, False, True]),
        ({"burst": 3}, [(0, 1), (5, 1), (10, 1)], [False, False, False]),
        ({"burst": 3}, [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)], [False, False, True] * 2),
        ({"burst": 100, "within": "1 min"}, [(0, 15), (30, 15), (59, 70)], [False, False, True]),
        ({"burst": 2}, [(0, 5), (1, 1)], [True, False]),
        ({"burst": 2}, [(0, 0), (1, 0), (2, 2)], [False, False, True]),
    ],
)
def test_burst_counts_what_happens_within_a_time(
    asked: dict[str, Any], happened: list[tuple[float, int]], held: list[bool]
) -> None:
    likes = [happening("like", after_s, count=count) for after_s, count in happened]
    assert holds(condition("like", **asked), *likes) == held


@pytest.mark.parametrize(
    ("when", "asked", "message"),
    [
        ("chat", {"says": []}, "if.1.says: it must not be empty"),
        ("chat", {"says": [4.5]}, "if.1.says.1: it must be a text; what YAML reads as something else stands in quotes"),
        ("chat", {"says": True}, "if.1.says.1: it must be a text; what YAML reads as something else stands in quotes"),
        ("chat", {"says": ["clip", " "]}, "if.1: “” holds nothing to look for"),
        ("chat", {"says": "ab", "loose": True}, "if.1: “ab” is too short to be looked for loosely"),
        (
            "chat",
            {"says": "clip", "place": "start"},
            "if.1.place: it must be one of: 'exact', 'prefix', 'word' or 'any",
        ),
        ("chat", {"says": [f"w{n}" for n in range(50_000)]}, "if.1: a rule has at most 20000 keywords, not 50000"),
        ("chat", {"matches": "("}, "if.1.matches: the pattern cannot be used: missing ): ("),
        ("chat", {"role": "boss"}, "if.1.role.1: it must be one of: 'broadcaster', 'moderator', 'subscriber', 'foll"),
        ("chat", {"user": ["ana", " "]}, "if.1.user.2: it must not be empty"),
        ("chat", {"user": ["a"] * 1001}, "if.1.user: it is too long; at most 1000"),
        ("gift", {"value": True}, "if.1.value: it must be a number"),
        ("gift", {"value": -1}, "if.1.value: it must be at least 0"),
        ("gift", {"value": 1.5}, "if.1.value: it must be a whole number"),
        ("gift", {"value": "ten"}, "if.1.value: it must be a number"),
        ("gift", {"value": 10**13}, "if.1.value: it must be at most 1000000000000"),
        ("gift", {"value": 10**400}, "a number is too large"),
        ("gift", {"value": float("nan")}, "a number is too large"),
        ("gift", {"value": 9, "at_most": 8}, "if.1: nothing is at least 9 and at most 8"),
        ("likes", {"reaches": [True]}, "if.1.reaches.1: it must be a number"),
        ("likes", {"every": 0}, "if.1.every: it must be at least 1"),
        ("viewers", {"drops": 0}, "if.1.drops: it must be above 0"),
        ("viewers", {"drops": 30}, "if.1.drops: it must be at most 1"),
        ("viewers", {"drops": "a third"}, "if.1.drops: “a third” is no share: write 0.3 or 30 %"),
        ("viewers", {"drops": "nan %"}, "if.1.drops: it must be a number"),
        ("share", {"burst": 1}, "if.1.burst: it must be at least 2"),
        ("hype", {"strength": 0}, "if.1.strength: it must be above 0"),
        ("assessment", {"score": 1.1}, "if.1.score: it must be at most 1"),
        ("assessment", {"score": True}, "if.1.score: it must be a number"),
        ("assessment", {"score": 0.5, "category": "x"}, "if.1.category: it is a condition of its own, in a line that"),
        ("assessment", {"score": 0.5, "within": 3}, "if.1.within: there is no such field"),
        ("chat", {"sais": "x"}, "if.1: no condition that is known; write one of: says, matches, role, user, value, vi"),
        ("chat", {}, "if.1: no condition that is known; write one of: says, matches, role, user, value, viewers"),
    ],
)
def test_condition_that_cannot_be_meant_is_refused(when: str, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRules) as refused:
        condition(when, **asked)

    assert str(refused.value).startswith(f"rule “r”, {message}")


def test_number_is_a_keyword_as_it_is_typed() -> None:
    assert rule(if_=[{"says": [88, "007"]}]).as_data()["if"] == [{"says": ["88", "007"]}]


def test_folded_names_are_compared_without_sign_and_case() -> None:
    assert folded([" @Ana", "BOB", "Straße"]) == {"ana", "bob", "strasse"}
