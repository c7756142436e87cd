"""Rules as data: what is usual, when they are in force, what cannot be meant."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.happenings import rule, specs
from vigie.rules.document import BadRules, read_one
from vigie.rules.spec import Action, Day, RuleSpec, Schedule

PARIS = ZoneInfo("Europe/Paris")


def schedule(**fields: Any) -> Schedule:
    found = rule(schedule={name.rstrip("_"): value for name, value in fields.items()}).schedule
    assert found
    return found


def test_rule_of_a_name_and_a_kind_is_complete() -> None:
    spec = read_one({"name": "r", "when": "chat"})

    assert spec.as_data() == {"name": "r", "when": "chat"}
    assert (spec.channels, spec.if_, spec.quorum, spec.cooldown, spec.per_hour, spec.then) == ((), (), None, {}, 60, ())


def test_rule_is_written_as_it_was_read() -> None:
    data = {
        "name": "Save that moment",
        "when": "chat",
        "channels": ["@place_du_marche"],
        "if": [{"says": ["clip", "replay"], "place": "anywhere", "loose": True}, {"role": ["follower"]}],
        "unless": [{"user": ["nightbot"]}],
        "quorum": {"users": 3, "within": "30 s"},
        "cooldown": {"channel": "2 min", "user": "1 h"},
        "per_hour": 20,
        "schedule": {"days": ["sat", "sun"], "from": "18:30", "to": "02:00", "zone": "Europe/Paris"},
        "then": ["mark", {"clip": {"before": "30 s"}}],
    }
    assert read_one(data).as_data() == data


@given(specs())
def test_as_data_is_read_back(spec: RuleSpec) -> None:
    assert read_one(spec.as_data()) == spec


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"channels": "@a"}, {"channels": ["@a"]}),
        ({"name": "  a\n b "}, {"name": "a b"}),
        ({"if": [{"says": "a"}]}, {"if": [{"says": ["a"]}]}),
        ({"cooldown": "2 min"}, {"cooldown": {"channel": "2 min"}}),
        ({"cooldown": 90}, {"cooldown": {"channel": "90 s"}}),
        ({"then": "mark"}, {"then": ["mark"]}),
        ({"then": [{"mark": None}]}, {"then": ["mark"]}),
        ({"then": [{"mark": {"label": "x"}}]}, {"then": [{"mark": {"label": "x"}}]}),
        ({"then": [{"do": "mark", "options": {"label": "x"}}]}, {"then": [{"mark": {"label": "x"}}]}),
        ({"schedule": {"days": "sat"}}, {"schedule": {"days": ["sat"]}}),
        ({"schedule": {"from": "7:05", "to": "24:00"}}, {"schedule": {"from": "07:05"}}),
    ],
)
def test_short_ways_to_write(written: dict[str, Any], meant: dict[str, Any]) -> None:
    assert read_one({"name": "r", "when": "chat"} | written).as_data() == {"name": "r", "when": "chat"} | meant


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": " "}, "name: it must not be empty"),
        ({"name": "n" * 121}, "name: it is too long; at most 120"),
        ({"name": None}, "name: it must be a text; what YAML reads as something else stands in quotes"),
        (
            {"when": "rain"},
            "when: it must be one of: 'chat', 'gift', 'like', 'join', 'follow', 'share', 'subscription'",
        ),
        ({"colour": "red"}, "colour: there is no such field"),
        ({"if_": []}, "if_: there is no such field"),
        ({"if": {"says": "x"}}, "if: it must be a list: each on a line of its own that begins with “-”"),
        ({"if": [{"viewers": 1}] * 21}, "if: it is too long; at most 20"),
        ({"unless": [{"burst": 3}]}, "“burst” counts; it can only stand below “if”"),
        ({"unless": [{"score": 0.5}]}, "“score” cannot be asked of “chat”"),
        ({"when": "viewers"}, "“viewers” happens all the time: say what it reaches, or how far it drops"),
        ({"when": "likes", "unless": []}, "“likes” happens all the time: say what it reaches, or how far it drops"),
        ({"quorum": 3}, "quorum: it must be fields"),
        ({"quorum": {"users": 3}}, "quorum.within: it is missing"),
        ({"quorum": {"users": 1, "within": 9}}, "quorum.users: it must be at least 2"),
        ({"quorum": {"users": True, "within": 9}}, "quorum.users: it must be a number"),
        ({"cooldown": {"planet": 9}}, "cooldown.planet: it must be one of: 'rule', 'channel', 'user' or 'target'"),
        ({"cooldown": True}, "cooldown.channel: it is no duration of at most a day: write 30 s, 2 min or 1 h"),
        ({"cooldown": {"user": 9}, "when": "speech"}, "“speech” tells of no user: it cannot rest for one"),
        ({"cooldown": {"target": 9}}, "“chat” tells of no target: it cannot rest for one"),
        ({"per_hour": 0}, "per_hour: it must be at least 1"),
        ({"per_hour": 601}, "per_hour: it must be at most 600"),
        ({"per_hour": False}, "per_hour: it must be a number"),
        ({"schedule": {"days": []}}, "schedule.days: it must not be empty"),
        ({"schedule": {"days": ["lundi"]}}, "schedule.days.1: it must be one of: 'mon', 'tue', 'wed', 'thu', 'fri', '"),
        ({"schedule": {"zone": "Mars/Olympus"}}, "schedule.zone: “Mars/Olympus” is no time zone"),
        ({"schedule": {"zone": "../../etc/passwd"}}, "schedule.zone: “../../etc/passwd” is no time zone"),
        ({"schedule": {"zone": 5}}, "schedule.zone: “5” is no time zone"),
        ({"then": ["mark"] * 11}, "then: it is too long; at most 10"),
        ({"then": [{"clip": 5}]}, "then.1.options: it must be fields"),
        ({"then": [{"clip": {}, "mark": {}}]}, "then.1.do: it is missing"),
        ({"then": [5]}, "then.1: it must be fields"),
        ({"channels": ["@a", ""]}, "channels.2: it must not be empty"),
    ],
)
def test_rule_that_cannot_be_meant_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRules) as refused:
        read_one({"name": "r", "when": "chat"} | fields)

    assert str(refused.value).partition(", ")[2].startswith(message)


@pytest.mark.parametrize("time", ["25:00", "18:60", "18", "", "noon", "18:30Z", "18:30:45", 18, 1110, True, None])
def test_time_of_day_is_hours_and_minutes(time: object) -> None:
    with pytest.raises(BadRules, match=r"schedule.from: “.*” is no time of day: write 18:30\.$"):
        schedule(from_=time)


@pytest.mark.parametrize(
    ("fields", "local", "is_open"),
    [
        ({}, "2026-11-22T12:00", True),
        ({"from_": "18:00", "to": "23:00"}, "2026-11-22T18:00", True),
        ({"from_": "18:00", "to": "23:00"}, "2026-11-22T17:59", False),
        ({"from_": "18:00", "to": "23:00"}, "2026-11-22T23:00", False),
        ({"from_": "18:00"}, "2026-11-22T23:59", True),
        ({"from_": "18:00"}, "2026-11-22T00:00", False),
        ({"days": "sat"}, "2026-11-21T23:59", True),
        ({"days": "sat"}, "2026-11-22T00:00", False),
        ({"days": "sat", "from_": "22:00", "to": "02:00"}, "2026-11-21T22:00", True),
        ({"days": "sat", "from_": "22:00", "to": "02:00"}, "2026-11-22T01:59", True),
        ({"days": "sat", "from_": "22:00", "to": "02:00"}, "2026-11-22T02:00", False),
        ({"days": "sat", "from_": "22:00", "to": "02:00"}, "2026-11-21T01:00", False),
        ({"days": "mon", "from_": "22:00", "to": "02:00"}, "2026-11-24T01:00", True),
        ({"days": "sun", "from_": "22:00", "to": "02:00"}, "2026-11-23T01:00", True),
        ({"days": "sat", "from_": "18:00", "to": "18:00"}, "2026-11-22T17:59", True),
        ({"days": "sat", "from_": "18:00", "to": "18:00"}, "2026-11-22T18:00", False),
    ],
)
def test_schedule_is_open(fields: dict[str, Any], local: str, *, is_open: bool) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=PARIS)
    assert schedule(**fields, zone="Europe/Paris").is_open(moment.astimezone(UTC)) is is_open


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [
        # 29 March 2026: 02:00 in Paris is 03:00
        ("2026-03-29T00:29:00", False),
        ("2026-03-29T00:30:00", True),
        ("2026-03-29T00:59:59", True),
        ("2026-03-29T01:00:00", True),
        ("2026-03-29T01:30:00", False),
        # 25 October 2026: 03:00 in Paris is 02:00 again
        ("2026-10-24T23:29:00", False),
        ("2026-10-24T23:30:00", True),
        ("2026-10-25T00:30:00", True),
        ("2026-10-25T01:59:59", True),
        ("2026-10-25T02:29:00", True),
        ("2026-10-25T02:30:00", False),
    ],
)
def test_schedule_goes_by_the_clock_on_the_wall(utc: str, *, is_open: bool) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert schedule(from_="01:30", to="03:30", zone="Europe/Paris").is_open(moment) is is_open


@given(
    st.sets(st.sampled_from(Day), min_size=1),
    st.times(),
    st.times(),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 -- made UTC below
)
def test_schedule_and_its_complement_share_the_days(days: set[Day], begin: Any, end: Any, moment: datetime) -> None:
    begin, end = f"{begin:%H:%M}", f"{end:%H:%M}"
    if begin == end:
        return
    one, other = schedule(from_=begin, to=end), schedule(from_=end, to=begin)
    assert one.is_open(moment.replace(tzinfo=UTC)) is not other.is_open(moment.replace(tzinfo=UTC))
    some = schedule(days=sorted(days), from_=begin, to=end)
    assert not some.is_open(moment.replace(tzinfo=UTC)) or one.is_open(moment.replace(tzinfo=UTC))


def test_action_is_its_name_and_what_it_is_told() -> None:
    (action,) = rule(then=[{"clip": {"before": 30, "deep": [{"a": "b"}]}}]).then
    assert action == Action(do="clip", options={"before": 30, "deep": [{"a": "b"}]})
