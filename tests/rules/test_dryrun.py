"""Dry runs: what would have happened, as it is told, and that it can be fed again."""

import json
from itertools import count

import pytest
from hypothesis import given

from tests.rules.happenings import START, at, chat, happening, recordings, rule, ruling, specs, word
from vigie.rules import dryrun, recording
from vigie.rules.brakes import Brake, Held
from vigie.rules.dryrun import BATCH, as_object, called, replay, rulings, run, stamp
from vigie.rules.engine import Engine
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Outcome


@given(specs(), recordings())
def test_dry_run_comes_to_the_same_as_the_engine_live(spec: RuleSpec, happened: list[Occurrence]) -> None:
    live = Engine([ruling(spec)])
    outcomes = [outcome for one in happened for outcome in live.feed([one])]

    assert list(run([ruling(spec)], happened)) == outcomes
    assert replay([ruling(spec)], happened).outcomes == outcomes


def test_run_reads_no_more_than_it_needs() -> None:
    numbers = count()
    endless = (chat(number, "ana") for number in numbers)
    assert next(run([ruling(rule())], endless)).at == START
    assert next(numbers) == BATCH


def test_replay_tells_what_each_condition_left_and_when_it_would_have_acted() -> None:
    spec = rule(if_=[{"viewers": 10}, {"says": "clip"}], cooldown="1 min")
    said = [chat(number, "ana", text, viewers=30) for number, text in enumerate(["clip", "rien", "clip"])]

    found = replay([ruling(spec)], [*said, chat(9, "ana", viewers=3)])

    assert found.remaining == {"1": {0: 3, 1: 2}}
    assert [word(outcome) for outcome in found.outcomes] == ["acts", "cooldown: it acted 2 s ago for the same channel"]
    assert [outcome.at for outcome in found.acted] == [START]


@pytest.mark.parametrize(
    ("channels", "channel", "is_concerned"),
    [([], "", True), ([], "place", True), (["@Place"], "place", True), (["@Place"], "", False), (["@"], "", True)],
)
def test_rules_are_in_force_on_the_channels_that_they_name(
    channels: list[str], channel: str, *, is_concerned: bool
) -> None:
    (found,) = rulings([rule(channels=channels)])
    assert (found.id, found.team) == ("r", "")
    assert found.concerns(chat(0, "ana", channel=channel)) is is_concerned


def test_outcome_that_acts() -> None:
    said = (chat(0, "ana", live="", channel=""), chat(1.5, "bob", live="", channel=""))
    assert as_object(Outcome(ruling(rule()), at(1.5), said)) == {
        "type": "fired",
        "rule": "r",
        "at": "2026-11-22T20:00:01.500Z",
        "reason": "",
        "events": [
            {"type": "chat", "at": "2026-11-22T20:00:00.000Z", "text": "clip", "user": "ana"},
            {"type": "chat", "at": "2026-11-22T20:00:01.500Z", "text": "clip", "user": "bob"},
        ],
    }


def test_outcome_that_is_held_back() -> None:
    raid = happening("raid", 0, user="12", names=("ana",), roles=frozenset({"vip", "follower"}), value=80, count=80)
    assert as_object(Outcome(ruling(rule("raid")), at(0), (raid,), Held(Brake.EXCEPT, {"which": "user"}))) == {
        "type": "suppressed",
        "rule": "r",
        "at": "2026-11-22T20:00:00.000Z",
        "reason": "exception: user",
        "events": [
            {
                "type": "raid",
                "at": "2026-11-22T20:00:00.000Z",
                "live": "1",
                "channel": "7",
                "user": "ana",
                "roles": ["follower", "vip"],
                "value": 80,
                "count": 80,
            }
        ],
    }


@given(specs(), recordings())
def test_events_that_are_told_are_a_recording(spec: RuleSpec, happened: list[Occurrence]) -> None:
    for outcome in run([ruling(spec)], happened):
        lines = [json.dumps(event) for event in as_object(outcome)["events"]]
        again = list(recording.read(lines))
        assert [(one.kind, one.at, one.text, one.value, one.live) for one in again] == sorted(
            ((one.kind, one.at, one.text, one.value, one.live) for one in outcome.occurrences), key=lambda one: one[1]
        )


@pytest.mark.parametrize(
    ("happened", "name"),
    [
        (chat(0, "ana"), "ana"),
        (happening("chat", user="12", names=("ana", "p-3")), "ana"),
        (happening("chat", user="12"), "12"),
        (happening("speech"), ""),
    ],
)
def test_called(happened: Occurrence, name: str) -> None:
    assert called(happened) == name


def test_stamp_is_utc_to_the_millisecond() -> None:
    assert stamp(at(0.0019)) == "2026-11-22T20:00:00.001Z"


def test_everything_of_an_occurrence_is_told_or_left_out_on_purpose() -> None:
    assert {*dryrun.SHOWN} | dryrun.UNTOLD == {*Occurrence.__dataclass_fields__}
