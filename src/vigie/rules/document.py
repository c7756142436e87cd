"""The YAML of rules: read and written. Every error is one line that names the rule and the field."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import yaml
from pydantic import ValidationError

from vigie.errors import VigieError
from vigie.rules.conditions import CONDITIONS
from vigie.rules.spec import RuleSpec

MOST_CHARS = 2_000_000
MOST_RULES = 1000
MOST_DEPTH = 12
LARGEST = 10**15
"""No number is larger: it may be stored, and computed with."""
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PLAIN = {
    "extra_forbidden": "there is no such field",
    "missing": "it is missing",
    "invalid_key": "the name of a field must be a word",
    "string_type": "it must be a text; what YAML reads as something else stands in quotes",
    "tuple_type": "it must be a list: each on a line of its own that begins with “-”",
    "dict_type": "it must be fields",
    "model_type": "it must be fields",
    "int_type": "it must be a number",
    "int_parsing": "it must be a number",
    "int_parsing_size": "the number is too large",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "finite_number": "it must be a number",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "string_too_short": "it must not be empty",
    "string_too_long": "it is too long; at most %(max_length)d",
    "too_short": "it must not be empty",
    "too_long": "it is too long; at most %(max_length)d",
    "greater_than": "it must be above %(gt)g",
    "greater_than_equal": "it must be at least %(ge)g",
    "less_than_equal": "it must be at most %(le).15g",
    "enum": "it must be one of: %(expected)s",
}
"""What pydantic says in words of its own, by the type of its error."""


class BadRules(VigieError):
    """These rules cannot be used as written."""

    def __init__(self, message: str | None = None) -> None:
        """Say why, in one line, whatever was written."""
        super().__init__(message and " ".join(message.split()))


class _Loader(yaml.CSafeLoader):
    """Reads JSON's values as YAML 1.2 writes them: `on`, `no`, `18:30`, `007` and `2026-11-22` are words."""

    yaml_implicit_resolvers = {}


_FIRST_OF_NUMBERS = "-+0123456789"
for _tag, _pattern, _begins in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})", _FIRST_OF_NUMBERS),
    ("float", r"[-+]?[0-9]{1,18}\.[0-9]{0,18}", _FIRST_OF_NUMBERS),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_begins))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[object, object]:
    seen: set[object] = set()
    for key, _ in node.value:
        name = loader.construct_object(key)
        if not isinstance(name, str | int):
            raise BadRules(f"line {key.start_mark.line + 1}: the name of a field must be a word.")
        if name in seen:
            raise BadRules(f"line {key.start_mark.line + 1}: “{name}” is given twice.")
        seen.add(name)
    return cast("dict[object, object]", loader.construct_mapping(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(text: str) -> list[RuleSpec]:
    """Return the rules of a document, in its order. Raises BadRules."""
    if len(text) > MOST_CHARS:
        raise BadRules(f"The rules have {len(text):,} characters; at most {MOST_CHARS:,}.")
    found = _load(text)
    listed = found.get("rules") if isinstance(found, Mapping) else found
    if isinstance(found, Mapping) and set(found) != {"rules"}:
        raise BadRules("A document of rules is a list, or “rules:” with a list below it, and nothing else.")
    if not isinstance(listed, list) or not listed:
        raise BadRules("There is no rule in it.")
    if len(listed) > MOST_RULES:
        raise BadRules(f"There are {len(listed)} rules; at most {MOST_RULES}.")
    rules = [read_one(data, f"rule {number}") for number, data in enumerate(listed, 1)]
    _refuse_twins(rules)
    return rules


def read_one(data: object, called: str = "rule") -> RuleSpec:
    """Return the rule that these fields make. Raises BadRules."""
    if not isinstance(data, Mapping):
        raise BadRules(f"{called}: it must be fields, each on a line: name, when, if, then.")
    name = data.get("name")
    called = f"{called} “{name[:120]}”" if isinstance(name, str) and name else called
    try:
        _refuse_unstorable(data)
        return RuleSpec.model_validate(data)
    except ValidationError as error:
        raise BadRules(f"{called}, {flaw_of(error)}.") from None
    except ValueError as error:
        raise BadRules(f"{called}, {error}.") from None


def write(rules: Iterable[RuleSpec]) -> str:
    """Return the document of rules; `read` gives the same rules back."""
    data = {"rules": [rule.as_data() for rule in rules]}
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)


def _load(text: str) -> object:
    try:
        _refuse_tricks(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 -- a CSafeLoader
    except yaml.MarkedYAMLError as error:
        raise BadRules(f"{_line(error.problem_mark)}this is not YAML: {error.problem}.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise BadRules(f"This is not YAML: {str(error).partition(chr(10))[0]}.") from None


def _line(mark: Any) -> str:
    return f"line {mark.line + 1}: " if mark else ""


def _refuse_tricks(text: str) -> None:
    """Refuse what makes much of little, or anything but plain values. Raises BadRules and yaml.YAMLError."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadRules(f"{_line(event.start_mark)}anchors and aliases are not read: write the words twice.")
        if tag := getattr(event, "tag", None):
            raise BadRules(f"{_line(event.start_mark)}types such as “{tag}” are not read.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise BadRules(f"{_line(event.start_mark)}lists and fields lie in each other more than {MOST_DEPTH} deep.")


def _refuse_unstorable(data: object, depth: int = MOST_DEPTH) -> None:
    """Refuse what no database, no JSON or no YAML keeps. Raises ValueError."""
    if isinstance(data, str) and _UNSTORABLE.search(data):
        raise ValueError("a text holds control characters")
    if isinstance(data, int | float) and not abs(data) <= LARGEST:
        raise ValueError("a number is too large")
    if isinstance(data, Mapping | list | tuple):
        if not depth:
            raise ValueError(f"lists and fields lie in each other more than {MOST_DEPTH} deep")
        parts = [*data, *data.values()] if isinstance(data, Mapping) else data
        for part in parts:
            _refuse_unstorable(part, depth - 1)


def _refuse_twins(rules: Iterable[RuleSpec]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise BadRules(f"Two rules are named “{rule.name}”.")
        seen.add(rule.name)


def flaw_of(error: ValidationError, *below: str) -> str:
    """Return where the first flaw is, `below` these fields, and what it is: `if.1.value: it must be a number`."""
    flaw = error.errors(include_url=False, include_input=False)[0]
    where = ".".join([*below, *_place(flaw["loc"])])
    if flaw["type"] == "extra_forbidden" and flaw["loc"][0] in ("if", "unless") and flaw["loc"][-1] in CONDITIONS:
        return f"{where}: it is a condition of its own, in a line that begins with “-”"
    if plain := _PLAIN.get(flaw["type"]):
        message = plain % flaw.get("ctx", {})
    else:
        message = flaw["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {message[:1].lower()}{message[1:]}" if where else message


def _place(loc: Sequence[int | str]) -> Iterator[str]:
    """Yield the steps to a field; what pydantic adds for the kind of a condition, and for keys, is left out."""
    for place, step in enumerate(loc):
        is_kind = place == 2 and loc[0] in ("if", "unless")  # if, 0, says
        if isinstance(step, int):
            yield str(step + 1)
        elif not is_kind and step != "[key]":
            yield step
