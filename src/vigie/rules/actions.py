"""What rules can do. Areas register their actions here (`site.bootstrap`); rules know none of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from pydantic import ValidationError

from vigie.errors import VigieError
from vigie.rules.conditions import Says, Value
from vigie.rules.document import flaw_of
from vigie.rules.matching import Matcher
from vigie.rules.models import Firing
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec


class BadAction(VigieError):
    """A rule asks for something that cannot be done as it says."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that acts, as an action is told of it."""

    firing: Firing
    """With its version, rule, workspace, live and channel."""
    rule: RuleSpec
    occurrences: Sequence[Occurrence]
    """What it acts on, in order, as far as it is still there; the last one made it act."""

    @property
    def last(self) -> Occurrence | None:
        """What made it act; None where that is gone: erased, or a count."""
        last = self.occurrences[-1] if self.occurrences else None
        return last if last and last.key == self.firing.trigger else None

    @property
    def words(self) -> str:
        """Which of its keywords made it act, as the rule spells it; empty where none did."""
        said = {
            place: condition.keywords for place, condition in enumerate(self.rule.if_) if isinstance(condition, Says)
        }
        found = Matcher(said).hits(self.last.text) if said and self.last else {}
        return next((words[0] for _, words in sorted(found.items())), "")


class NoOptions(Value):
    """An action that is told nothing."""


@dataclass(frozen=True, slots=True)
class ActionKind:
    """Something that a rule can do."""

    key: str
    label: Promise
    """What it is called in the editor."""
    perform: Callable[[Fired, Any], None]
    """Does it, in a transaction, with the options read. Called again after a crash only where nothing was committed.

    Raises VigieError where it cannot be done, and PortError where it may be later.
    """
    options: type[Value] = NoOptions
    module: str = ""
    """The part of the product (`people.presets`) without which it cannot be done."""


_kinds: dict[str, ActionKind] = {}


def register(kind: ActionKind) -> None:
    """Let rules do this. Replaces the former one of the same key."""
    _kinds[kind.key] = kind


def known() -> Mapping[str, ActionKind]:
    """Return what can be done, by key."""
    return dict(_kinds)


def read_options(name: str, options: Mapping[str, Any]) -> Value:
    """Return what an action is told. Raises BadAction."""
    kind = _kinds.get(name)
    if kind is None:
        raise BadAction(f"“{name}” is no action; there is: {', '.join(sorted(_kinds))}.")
    try:
        return kind.options.model_validate(dict(options))
    except ValidationError as error:
        raise BadAction(f"{flaw_of(error, name)}.") from None


def perform(name: str, options: Mapping[str, Any], fired: Fired) -> None:
    """Do what an action says, in a transaction. Raises BadAction, and what the action raises."""
    told, kind = read_options(name, options), _kinds[name]
    if kind.module and not fired.firing.live.channel.workspace.has(kind.module):
        raise BadAction(f"“{name}” needs what this workspace has switched off: {kind.module}.")
    kind.perform(fired, told)


def check(rule: RuleSpec) -> None:
    """Raise BadAction where a rule asks for what cannot be done."""
    for action in rule.then:
        try:
            read_options(action.do, action.options)
        except VigieError as error:
            raise BadAction(f"rule “{rule.name}”, then: {error}") from None
