"""The YAML of rules: read and written. Every error is one line that names the rule and the field."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import yaml
from pydantic import ValidationError

from vigie.errors import VigieError
from vigie.rules.spec import RuleSpec

MOST_CHARS = 2_000_000
MOST_RULES = 1000
MOST_DEPTH = 12
_PLAIN = {"extra_forbidden": "there is no such field", "missing": "it is missing"}
"""What pydantic says in words of its own, by the type of its error."""


class BadRules(VigieError):
    """These rules cannot be used as written."""


class _Loader(yaml.CSafeLoader):
    """Reads plain values; a field that is given twice is an error, and `on` and `no` are words."""


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
    try:
        return RuleSpec.model_validate(data)
    except ValidationError as error:
        called = f"{called} “{name}”" if isinstance(name, str) and name else called
        raise BadRules(f"{called}, {_first(error)}.") from None


def write(rules: Iterable[RuleSpec]) -> str:
    """Return the document of rules; `read` gives the same rules back."""
    data = {"rules": [rule.as_data() for rule in rules]}
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)


def _load(text: str) -> object:
    try:
        _refuse_depth(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 -- a CSafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise BadRules(f"{where}this is not YAML: {error.problem or error.context}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadRules(f"This is not YAML: {str(error).splitlines()[0]}.") from None


def _refuse_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise BadRules("Anchors and aliases are not read: write the words twice.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise BadRules(f"Lists and fields lie in each other more than {MOST_DEPTH} deep.")


def _refuse_twins(rules: Iterable[RuleSpec]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise BadRules(f"Two rules are named “{rule.name}”.")
        seen.add(rule.name)


def _first(error: ValidationError) -> str:
    """Return where the first flaw is and what it is, in one line."""
    flaw = error.errors(include_url=False)[0]
    message = _PLAIN.get(str(flaw["type"])) or str(flaw["msg"]).removeprefix("Value error, ").rstrip(".")
    where = ".".join(_place(flaw["loc"]))
    return f"{where}: {message[:1].lower()}{message[1:]}" if where else message


def _place(loc: Iterable[Any]) -> Iterator[str]:
    """Yield the steps to a field; what pydantic adds for the kind of a condition is left out."""
    former: Any = None
    for step in loc:
        if isinstance(step, int):
            yield str(step + 1)
        elif not isinstance(former, int) or former is None:
            yield str(step)
        former = step
