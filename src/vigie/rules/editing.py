"""The form of the editor: flat fields of a page <-> a rule as data, whether or not it is a rule yet. Pure.

`if-0-kind`, `if-0-says`, `unless-0-…`, `rest-0-scope`, `then-1-do`, `quorum-users`, `schedule-from`, … Rows are told by
their number; numbers that are left out do not matter. Nothing that was typed gets lost: what cannot be read stays as
it was typed, and `flaws` tells why.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from vigie.rules.conditions import CONDITIONS, name_of
from vigie.rules.kinds import Scope, When
from vigie.rules.spec import USUAL_PER_HOUR, RuleSpec

Posted = Mapping[str, Sequence[str]]
"""What a browser sends: names and all of their values."""
Data = dict[str, Any]

LISTS = frozenset({"says", "user", "target", "reaches", "channels"})
"""Fields that hold several entries, by lines or commas."""
CHOSEN = frozenset({"role", "category", "days"})
"""Fields of which several are ticked."""
FIGURES = frozenset(
    {"value", "at_most", "viewers", "every", "burst", "strength", "score", "reaches", "users", "per_hour", "severity"}
)
TICKED = frozenset({"loose"})
ADDED: Mapping[str, Data] = {
    "rest": {"scope": Scope.CHANNEL.value, "time": "2 min"},
    "quorum": {"users": 2, "within": "60 s"},
    "schedule": {"from": "18:00", "to": "23:00"},
}
"""What is added by a button, to begin with."""
_ROW = re.compile(r"(if|unless|then|rest)-(\d{1,4})-(\w+)", re.ASCII)
_GROUP = re.compile(r"(quorum|schedule)-(\w+)", re.ASCII)
_FIGURE = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the editor: a condition, an exception, a rest, an action."""

    section: str
    place: int
    """Among those of its section, from 0."""
    kind: str
    values: Mapping[str, Any]
    flaws: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """What is wrong with it: errors of pydantic."""

    @property
    def prefix(self) -> str:
        """What the names of its fields begin with."""
        return f"{self.section}-{self.place}"


def data_of(posted: Posted) -> Data:
    """Return the rule that a form holds, as data; complete or not."""
    rows: dict[str, dict[int, Data]] = defaultdict(lambda: defaultdict(dict))
    groups: dict[str, Data] = defaultdict(dict)
    for name, values in posted.items():
        if found := _ROW.fullmatch(name):
            rows[found[1]][int(found[2])][found[3]] = _read(found[3], values)
        elif found := _GROUP.fullmatch(name):
            groups[found[1]][found[2]] = _read(found[2], values)
    data: Data = {
        name: _read(name, posted[name]) for name in ("name", "when", "channels", "per_hour") if name in posted
    }
    for section in ("if", "unless"):
        data[section] = [_condition(row) for _, row in sorted(rows[section].items())]
    data["cooldown"] = {row.get("scope", ""): row.get("time", "") for _, row in sorted(rows["rest"].items())}
    data["then"] = [_action(row) for _, row in sorted(rows["then"].items())]
    return {key: value for key, value in {**data, **groups}.items() if value not in ({}, [], "")}


def _condition(row: Data) -> Data:
    """Return the fields of one condition: those of its kind, whatever else the row held before."""
    kind = str(row.get("kind", ""))
    known = CONDITIONS[kind].model_fields if kind in CONDITIONS else {}
    return {kind: row.get(kind, ""), **{name: row[name] for name in known if name in row and row[name] != ""}}


def _action(row: Data) -> Data:
    options = {name: value for name, value in row.items() if name != "do" and value != ""}
    return {"do": row.get("do", ""), "options": options}


def _read(name: str, values: Sequence[str]) -> Any:
    """Return what a field holds; what is no number where one should be stays as it was typed."""
    if name in CHOSEN:
        return list(values)
    if name in TICKED:
        return bool(values and values[-1])
    text = values[-1].strip() if values else ""
    if name in LISTS:
        return [_figure(entry) if name in FIGURES else entry for entry in entries(text)]
    return _figure(text) if name in FIGURES else text


def entries(text: str) -> list[str]:
    """Return what stands between commas and ends of lines."""
    return [entry.strip() for entry in re.split(r"[\n,]", text) if entry.strip()]


def _figure(text: str) -> Any:
    if not _FIGURE.fullmatch(text):
        return text
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


# ── changing the form ──────────────────────────────────────────────────────────────────────────────────────────────


def with_row(data: Data, section: str, *, actions: Iterable[str] = ()) -> Data:
    """Return the rule with one more row, or with the quorum or the schedule."""
    if section in {"quorum", "schedule"}:
        return {**data, section: dict(ADDED[section])}
    if section == "rest":
        free = [scope.value for scope in Scope if scope.value not in data.get("cooldown", {})]
        return {**data, "cooldown": {**data.get("cooldown", {}), **({free[-1]: "2 min"} if free else {})}}
    if section == "then":
        return {**data, "then": [*data.get("then", []), {"do": next(iter(actions), ""), "options": {}}]}
    kinds = kinds_of(str(data.get("when", "")), section)
    return {**data, section: [*data.get(section, []), {next(iter(kinds), "says"): ""}]}


def without_row(data: Data, row: str) -> Data:
    """Return the rule without one row: `if-2`, `rest-0`, `quorum`."""
    section, _, place = row.partition("-")
    if not place.isdecimal():
        return {key: value for key, value in data.items() if key != section}
    if section == "rest":
        kept = [item for number, item in enumerate(data.get("cooldown", {}).items()) if number != int(place)]
        return {**data, "cooldown": dict(kept)}
    kept = [item for number, item in enumerate(data.get(section, [])) if number != int(place)]
    return {**data, section: kept}


def kinds_of(when: str, section: str = "if") -> list[str]:
    """Return the conditions that may be asked of an event; exceptions count nothing."""
    return [
        name
        for name, kind in CONDITIONS.items()
        if when in kind.asks_of and not (section == "unless" and kind.remembers)
    ]


# ── showing the form ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rule as the editor shows it."""

    data: Data
    spec: RuleSpec | None
    """None while something is wrong."""
    conditions: Sequence[Row]
    exceptions: Sequence[Row]
    rests: Sequence[Row]
    actions: Sequence[Row]
    flaws: Mapping[str, Sequence[Mapping[str, Any]]]
    """What is wrong with other fields, by name; what is wrong with the whole under an empty one."""

    @property
    def when(self) -> str:
        """What the rule waits for."""
        when = str(self.data.get("when", ""))
        return when if when in set(When) else When.CHAT.value

    @property
    def is_flawed(self) -> bool:
        """Whether something is wrong."""
        return self.spec is None


def sheet(data: Data, *, name: str = "") -> Sheet:
    """Return a rule as the editor shows it, each flaw where it is; until it has a name it may be tried under `name`."""
    spec, errors = _validated(data if data.get("name") or not name else {**data, "name": name})
    by_row: dict[tuple[str, object], list[Mapping[str, Any]]] = defaultdict(list)
    others: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for error in errors:
        section, row = (*error["loc"], "", "")[:2]
        if section in {"if", "unless", "then", "cooldown"} and row != "":
            by_row[str(section), row].append(error)
        else:
            others[str(section)].append(error)
    return Sheet(
        data,
        spec,
        conditions=_condition_rows("if", data, by_row),
        exceptions=_condition_rows("unless", data, by_row),
        rests=[
            Row("rest", place, str(scope), {"scope": scope, "time": time}, by_row["cooldown", scope])
            for place, (scope, time) in enumerate(data.get("cooldown", {}).items())
        ],
        actions=[
            Row("then", place, *_written_action(action), by_row["then", place])
            for place, action in enumerate(data.get("then", []))
        ],
        flaws=others,
    )


def _validated(data: Data) -> tuple[RuleSpec | None, list[Any]]:
    try:
        return RuleSpec.model_validate(data), []
    except ValidationError as error:
        return None, list(error.errors(include_url=False))


def _condition_rows(section: str, data: Data, flaws: Mapping[tuple[str, object], list[Mapping[str, Any]]]) -> list[Row]:
    return [
        Row(section, place, name_of(condition) or "", _shown(condition), flaws.get((section, place), ()))
        for place, condition in enumerate(data.get(section, []))
    ]


def _shown(condition: Data) -> Data:
    """Return the fields of a condition with those that it leaves out, as they are usually."""
    kind = CONDITIONS.get(name_of(condition) or "")
    usual = (
        {name: known.default for name, known in kind.model_fields.items() if not known.is_required()} if kind else {}
    )
    return {**{name: value for name, value in usual.items() if value is not None}, **condition}


def _written_action(action: object) -> tuple[str, Data]:
    """Return the name and the options of an action in any of the forms in which it is written."""
    if isinstance(action, str):
        return action, {}
    if isinstance(action, dict) and "do" in action:
        return str(action["do"]), dict(action.get("options") or {})
    if isinstance(action, dict) and len(action) == 1:
        [(name, options)] = action.items()
        return str(name), dict(options or {})
    return "", {}


EXAMPLES: Mapping[str, Data] = {
    "clip": {
        "when": "chat",
        "if": [{"says": ["clip", "!clip"]}],
        "quorum": {"users": 2, "within": "30 s"},
        "cooldown": {"channel": "1 min"},
        "then": ["clip"],
    },
    "grave": {
        "when": "assessment",
        "if": [{"score": 0.7}, {"viewers": 100}],
        "cooldown": {"channel": "2 min"},
        "then": ["clip", "notify"],
    },
    "hype": {"when": "hype", "cooldown": {"channel": "2 min"}, "then": [{"clip": {"before": "15 s"}}, "mark"]},
    "gift": {"when": "gift", "if": [{"value": 500}], "then": ["clip", "mark"]},
    "drop": {"when": "viewers", "if": [{"drops": "30 %", "within": "60 s"}], "then": ["notify"]},
}
"""Rules to begin with."""


def example(name: str) -> Data:
    """Return the rule that a new sheet begins with: an example, else one that looks for words."""
    return {"name": "", "per_hour": USUAL_PER_HOUR, **EXAMPLES.get(name, _WORDS)}


_WORDS: Data = {"when": "chat", "if": [{"says": ""}], "cooldown": {"channel": "2 min"}}
