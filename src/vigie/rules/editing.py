"""The form of the editor: flat fields of a page <-> a rule as data, whether or not it is a rule yet. Pure.

`if-0-kind`, `if-0-says`, `unless-0-…`, `rest-0-scope`, `then-1-do`, `quorum-users`, `schedule-from`, … Rows are told by
their number; numbers that are left out do not matter. Nothing that was typed gets lost: what cannot be read stays as
it was typed, and `flaws` tells why.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from vigie.rules.conditions import CONDITIONS, Value, name_of
from vigie.rules.durations import written
from vigie.rules.kinds import KNOWN_OF, Scope, When
from vigie.rules.spec import USUAL_PER_HOUR, RuleSpec

Posted = Mapping[str, Sequence[str]]
"""What a browser sends: names and all of their values."""
Data = dict[str, Any]

LISTS = frozenset({"says", "user", "target", "reaches", "channels"})
"""Fields that hold several entries, by lines or commas."""
CHOSEN = frozenset({"role", "category", "days"})
"""Fields of which several are ticked."""
FIGURES = frozenset(
    {"value", "at_most", "viewers", "every", "burst", "strength", "score", "reaches", "users", "per_hour"}
    | {"severity", "webhook", "before", "after"}
)
TICKED = frozenset({"loose"})
VERBATIM = frozenset({"matches"})
"""Fields in which spaces at the ends count."""
SCOPES: Sequence[Scope] = (Scope.CHANNEL, Scope.USER, Scope.TARGET, Scope.RULE)
"""Of what a rule may rest, what is usual first."""
ADDED: Mapping[str, Data] = {
    "quorum": {"users": 2, "within": "60 s"},
    "schedule": {"from": "18:00", "to": "23:00"},
}
"""What is added by a button, to begin with."""
_ROW = re.compile(r"(if|unless|then|rest)-(\d{1,4})-(\w+)", re.ASCII)
_ENTRY = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:[,\n]|\Z)|([^,\n]*)(?:[,\n]|\Z)')
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
    nothing: object = [] if kind in CHOSEN else ""
    return {kind: row.get(kind, nothing), **{name: row[name] for name in known if name in row and row[name] != ""}}


def _action(row: Data) -> Data:
    options = {name: value for name, value in row.items() if name != "do" and value != ""}
    return {"do": row.get("do", ""), "options": options}


def _read(name: str, values: Sequence[str]) -> Any:
    """Return what a field holds; what is no number where one should be stays as it was typed."""
    if name in CHOSEN:
        return [value for value in values if value]
    if name in TICKED:
        return bool(values and values[-1])
    text = values[-1].replace("\r\n", "\n") if values else ""
    text = text if name in VERBATIM else text.strip()
    if name in LISTS:
        return [_figure(entry) if name in FIGURES else entry for entry in entries(text)]
    return _figure(text) if name in FIGURES else text


def entries(text: str) -> list[str]:
    """Return what stands between commas and ends of lines; what holds one of these stands in quotes: `"a, b"`."""
    found = ((quoted.replace('""', '"'), plain) for quoted, plain in _ENTRY.findall(text))
    return [quoted or plain.strip() for quoted, plain in found if quoted or plain.strip()]


def written_entry(entry: object) -> str:
    """Return an entry as it is typed, in quotes where `entries` would read it otherwise."""
    text = str(entry)
    is_plain = entries(text) == [text] and not text.startswith('"')
    return text if is_plain else '"{}"'.format(text.replace('"', '""'))


def _figure(text: str) -> Any:
    if not _FIGURE.fullmatch(text):
        return text
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


# ── changing the form ──────────────────────────────────────────────────────────────────────────────────────────────


def with_row(data: Data, section: str, *, actions: Iterable[str] = ()) -> Data:
    """Return the rule with one more row, or with the quorum or the schedule."""
    if section in ADDED:
        return {**data, section: dict(ADDED[section])}
    if section == "rest":
        rests = data.get("cooldown", {})
        free = [scope for scope in scopes_of(str(data.get("when", ""))) if scope not in rests]
        return {**data, "cooldown": {**rests, **dict.fromkeys(free[:1], "2 min")}}
    if section == "then":
        return {**data, "then": [*data.get("then", []), {"do": next(iter(actions), ""), "options": {}}]}
    if section not in {"if", "unless"}:
        return data
    kind = next(iter(kinds_of(str(data.get("when", "")), section)), "says")
    return {**data, section: [*data.get(section, []), {kind: [] if kind in LISTS | CHOSEN else ""}]}


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


def last_row(data: Data, section: str) -> str:
    """Return what the names of the fields begin with of the row that was added last: `if-2-`, `quorum-`."""
    if section in ADDED:
        return f"{section}-"
    rows = data.get("cooldown" if section == "rest" else section, [])
    return f"{section}-{len(rows) - 1}-"


def kinds_of(when: str, section: str = "if") -> list[str]:
    """Return the conditions that may be asked of an event; exceptions count nothing."""
    return [
        name
        for name, kind in CONDITIONS.items()
        if when in kind.asks_of and not (section == "unless" and kind.remembers)
    ]


def scopes_of(when: str) -> list[str]:
    """Return of what a rule may rest that waits for an event."""
    return [scope.value for scope in SCOPES if when in KNOWN_OF.get(scope, {*When})]


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
    def rows(self) -> list[Row]:
        """All lines."""
        return [*self.conditions, *self.exceptions, *self.rests, *self.actions]

    @property
    def when_flaws(self) -> list[Mapping[str, Any]]:
        """What is wrong with what it waits for, with its channels, or with the whole."""
        return [flaw for name in ("when", "channels", "if", "unless", "then", "") for flaw in self.flaws.get(name, ())]

    @property
    def is_sound(self) -> bool:
        """Whether it can be saved: it is a rule, and its actions can be done as they say."""
        return self.spec is not None and not any(row.flaws for row in self.actions)


Options = Mapping[str, type[Value]]
"""What actions are told, by their names."""


def sheet(data: Data, *, name: str = "", options: Options | None = None) -> Sheet:
    """Return a rule as the editor shows it, each flaw where it is; until it has a name it may be tried under `name`.

    Where `options` are given, actions must be among them.
    """
    data = _shaped(data)
    spec, errors = _validated(data if data.get("name") or not name else {**data, "name": name})
    by_row: dict[tuple[str, object], list[Mapping[str, Any]]] = defaultdict(list)
    others: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for error in [*errors, *(_unknown_options(data, options) if options is not None else [])]:
        where = (error.get("ctx") or {}).get("row") or error["loc"]
        section, row = (*where, "", "")[:2]
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


def _shaped(data: Data) -> Data:
    """Return data whose parts have the form in which the editor shows them, whoever wrote it: an older Vigie, too."""
    shaped = dict(data)
    for section in ("if", "unless"):
        given = data.get(section, [])
        shaped[section] = [dict(one) for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    shaped["then"] = data["then"] if isinstance(data.get("then"), list) else []
    shaped["cooldown"] = dict(data["cooldown"]) if isinstance(data.get("cooldown"), Mapping) else {}
    for group in ("quorum", "schedule"):
        shaped[group] = dict(data[group]) if isinstance(data.get(group), Mapping) else None
    return {key: value for key, value in shaped.items() if value not in (None, []) and (key, value) != ("cooldown", {})}


def _unknown_options(data: Data, options: Options) -> Iterator[Mapping[str, Any]]:
    """Yield what is wrong with what actions are told, as errors of pydantic."""
    for place, (name, told) in enumerate(map(_written_action, data.get("then", []))):
        if name not in options:
            yield {"type": "no_action", "loc": ("then", place), "msg": name, "ctx": {"name": name}}
            continue
        try:
            options[name].model_validate(told)
        except ValidationError as error:
            for flaw in error.errors(include_url=False):
                yield {**flaw, "loc": ("then", place, *flaw["loc"])}


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
    shown = {**{name: value for name, value in usual.items() if value is not None}, **condition}
    within = shown.get("within")
    return {**shown, "within": written(within)} if isinstance(within, float) else shown


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
