"""All rules in force: what they make of what happens, however it is fed, and that live and dry run are the same."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.happenings import START, chat, happening, recordings, rule, ruling, specs, word
from vigie.rules.engine import KEPT_AFTER_END, LATE, Engine
from vigie.rules.kinds import When
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import MOST_LIVES, Outcome, Ruling


def in_force(*rules: RuleSpec) -> list[Ruling]:
    return [ruling(spec, str(number)) for number, spec in enumerate(rules)]


def told(outcomes: Sequence[Outcome]) -> list[tuple[str, str, str]]:
    """Return the rule, what made it act or hold back, and what it did."""
    return [(found.ruling.id, found.occurrences[-1].key, word(found)) for found in outcomes]


def fed(engine: Engine, happened: Sequence[Occurrence], *, at_once: int) -> list[Outcome]:
    return [
        outcome
        for start in range(0, len(happened), at_once)
        for outcome in engine.feed(happened[start : start + at_once])
    ]


RULES = st.lists(specs(), max_size=5).map(lambda rules: in_force(*rules))


@given(RULES, recordings())
def test_asking_only_who_may_match_comes_to_the_same_as_asking_all(
    rules: list[Ruling], happened: list[Occurrence]
) -> None:
    thorough = Engine(rules, is_thorough=True)
    assert Engine(rules).feed(happened) == thorough.feed(happened)


@given(RULES, recordings(), st.integers(1, 7))
def test_batches_do_not_matter(rules: list[Ruling], happened: list[Occurrence], at_once: int) -> None:
    assert fed(Engine(rules), happened, at_once=at_once) == Engine(rules).feed(happened)


@given(RULES, recordings(), st.integers(0, 40))
def test_rules_that_are_put_in_force_again_remember(
    rules: list[Ruling], happened: list[Occurrence], place: int
) -> None:
    """What else changes meanwhile changes nothing for them."""
    other = ruling(rule(name="other", if_=[{"says": "bravo"}]), "other")
    engine = Engine([other, *rules])
    outcomes = engine.feed(happened[:place])
    outcomes += Engine(rules, former=engine).feed(happened[place:])
    assert [found for found in outcomes if found.ruling.id != "other"] == Engine(rules).feed(happened)


@given(RULES, recordings())
def test_thorough_run_counts_what_is_left_after_each_condition(rules: list[Ruling], happened: list[Occurrence]) -> None:
    engine = Engine(rules, is_thorough=True)
    outcomes = engine.feed(happened)
    for found in rules:
        asked = sorted(enumerate(found.spec.if_), key=lambda one: one[1].remembers)
        left = [engine.standing(found.id).remaining[place] for place, _ in asked]
        assert left == sorted(left, reverse=True)
        if left:
            assert left[-1] == sum(outcome.ruling == found for outcome in outcomes)


def test_keywords_of_all_rules_are_found_where_they_count() -> None:
    engine = Engine(
        in_force(
            rule(if_=[{"says": "clip"}]),
            rule(if_=[{"says": ["clip", "bravo"], "place": "exact"}]),
            rule(if_=[{"says": "clip"}, {"says": "bravo"}]),
            rule("speech", if_=[{"says": "clip"}]),
            rule(if_=[{"says": "clip"}], unless=[{"says": "pas"}]),
            rule(),
        )
    )
    texts = ["un clip", "Bravo", "bravo pour ce clip", "pas de clip", "rien"]

    acts = [
        [(found.ruling.id, word(found)) for found in engine.feed([chat(number, "ana", text)])]
        for number, text in enumerate(texts)
    ]

    assert acts == [
        [("0", "acts"), ("4", "acts"), ("5", "acts")],
        [("1", "acts"), ("5", "acts")],
        [("0", "acts"), ("2", "acts"), ("4", "acts"), ("5", "acts")],
        [("0", "acts"), ("4", "exception: says"), ("5", "acts")],
        [("5", "acts")],
    ]
    assert told(engine.feed([happening("speech", 9, text="un clip", key="speech:1")])) == [("3", "speech:1", "acts")]


def test_rules_of_one_team_see_nothing_of_another() -> None:
    spec = rule(if_=[{"says": "clip"}])
    engine = Engine([ruling(spec, "1", team="a"), ruling(spec, "2", team="b"), ruling(rule("hype"), "3", team="b")])

    outcomes = engine.feed([chat(number, "x", live=team, team=team) for number, team in enumerate(["a", "b", ""])])

    assert [found.ruling.id for found in outcomes] == ["1", "2"]
    assert list(engine.hypes.meters) == ["b"]


def test_version_that_changed_begins_anew_and_the_others_do_not() -> None:
    rests, other = rule(cooldown=60), rule(name="other", cooldown=60)
    first = Engine([ruling(rests, "1"), ruling(other, "2")])
    first.feed([chat(0, "ana")])

    second = Engine([ruling(rests, "1"), ruling(other, "2", channels=frozenset("7"))], former=first)

    cooldown = "cooldown: it acted 1 s ago for the same channel"
    assert told(second.feed([chat(1, "ana")])) == [("1", "chat:ana:1", cooldown), ("2", "chat:ana:1", "acts")]


# ── surges ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def excited(live: str = "1", **fields: Any) -> list[Occurrence]:
    """Return a chat of ten people in five seconds, of sixty after ten minutes."""
    calm = [chat(number / 2, f"u{number}", live=live, **fields) for number in range(1200)]
    return calm + [chat(600 + number / 12, f"v{number}", live=live, **fields) for number in range(240)]


def test_surge_is_something_that_happens_and_begins_before_it_is_plain() -> None:
    engine = Engine(in_force(rule("hype", if_=[{"strength": 4}], cooldown="1 min")))

    (outcome,) = engine.feed(excited())

    (surge,) = outcome.occurrences
    assert (outcome.held, surge.kind, surge.live, surge.channel) == (None, When.HYPE, "1", "7")
    assert surge.key == f"hype:{outcome.since.timestamp():.0f}"
    assert surge.strength
    assert surge.strength >= 4
    assert outcome.since == START + timedelta(seconds=595)
    assert START + timedelta(seconds=600) <= outcome.at < START + timedelta(seconds=605)


@pytest.mark.parametrize("fields", [{"is_history": True}, {"team": "other"}])
def test_surge_is_of_what_is_written_now_in_a_live_of_the_team(fields: dict[str, Any]) -> None:
    assert Engine(in_force(rule("hype"))).feed(excited(**fields)) == []


def test_messages_of_nobody_are_of_different_people() -> None:
    nobody = [happening("chat", said.at_s, key=said.key) for said in excited()]
    assert len(Engine(in_force(rule("hype"))).feed(nobody)) == 1


def test_rules_that_wait_for_surges_later_begin_with_what_was_measured() -> None:
    first = Engine(in_force(rule("hype")))
    happened = excited()
    first.feed(happened[:1200])
    second = Engine(in_force(rule("hype"), rule("hype", name="b")), former=first)
    assert [found.ruling.id for found in second.feed(happened[1200:])] == ["0", "1"]


# ── lives that are over ────────────────────────────────────────────────────────────────────────────────────────────

AFTER_S = KEPT_AFTER_END.total_seconds()


def test_live_that_is_over_is_forgotten_after_a_while() -> None:
    engine = Engine(in_force(rule(if_=[{"burst": 2, "within": "1 d"}]), rule("hype")))
    engine.feed([chat(0, "ana"), happening("live_ended", 10)])
    engine.feed([chat(10 + AFTER_S, "ana", live="2")])
    assert list(engine.hypes.meters) == ["1", "2"]

    assert engine.feed([chat(11 + AFTER_S, "ana", live="2"), chat(12 + AFTER_S, "ana")]) != []
    assert list(engine.hypes.meters) == ["2", "1"]
    assert [word(found) for found in engine.feed([chat(13 + AFTER_S, "ana")])] == ["acts"]


def test_live_that_ended_twice_holds_up_no_other() -> None:
    engine = Engine(in_force(rule("hype")))
    engine.feed([chat(0, "ana", live="2"), happening("live_ended", 10)])
    engine.feed([happening("live_ended", 20, live="2"), happening("live_ended", 30)])

    engine.feed([chat(21 + AFTER_S, "ana", live="3")])

    assert list(engine.hypes.meters) == ["3"]


def test_live_that_goes_on_after_its_end_is_not_forgotten() -> None:
    engine = Engine(in_force(rule(if_=[{"burst": 3, "within": "1 d"}])))
    late_s = 10 + LATE.total_seconds()
    outcomes = engine.feed(
        [
            chat(0, "ana"),
            happening("live_ended", 10),
            chat(late_s + 1, "ana"),
            chat(late_s + AFTER_S + 60, "ana", live="2"),
            chat(late_s + AFTER_S + 61, "ana"),
        ]
    )
    assert [word(found) for found in outcomes] == ["acts"]


def test_words_said_at_the_end_and_told_a_minute_later_do_not_bring_a_live_back() -> None:
    engine = Engine(in_force(rule("hype")))
    engine.feed([chat(0, "ana"), happening("live_ended", 10), happening("speech", 70)])

    engine.feed([chat(71 + AFTER_S, "ana", live="2")])

    assert list(engine.hypes.meters) == ["2"]


def test_flood_of_lives_leaves_no_more_meters_than_lives_are_remembered() -> None:
    engine = Engine(in_force(rule("hype")))
    engine.feed([chat(number, "ana", live=str(number)) for number in range(MOST_LIVES + 20)])
    assert len(engine.hypes.meters) == MOST_LIVES
