"""How rules are spoken of in templates."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.functional import Promise

from vigie.rules import wording
from vigie.rules.brakes import Held
from vigie.rules.editing import Row
from vigie.rules.models import Firing
from vigie.rules.occurrences import Occurrence
from vigie.rules.sheets import Desk

register = template.Library()


@register.filter
def entry(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the entry of a mapping; nothing where there is none."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def lines(values: object) -> str:
    """Return entries as they are typed: one a line."""
    return "\n".join(map(str, values)) if isinstance(values, list | tuple) else str(values or "")


@register.filter
def commas(values: object) -> str:
    """Return entries as they are typed in one line."""
    return ", ".join(map(str, values)) if isinstance(values, list | tuple) else str(values or "")


@register.filter
def when_words(kind: str) -> str | Promise:
    """Return what a rule waits for."""
    return wording.WHEN.get(kind, kind)


@register.filter
def condition_words(kind: str) -> str | Promise:
    """Return what a condition is called."""
    return wording.CONDITIONS.get(kind, kind)


@register.filter
def flaw(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a field."""
    return wording.flaw_words(error)


@register.filter
def held_words(held: Held) -> str:
    """Return why a rule would have held back."""
    return wording.brake_words(held.brake.name, held.values)


@register.filter
def firing_words(firing: Firing) -> str:
    """Return why a rule held back."""
    return wording.brake_words(firing.brake, firing.figures)


@register.filter
def event(happened: Occurrence) -> str:
    """Return what happened, where it has no words of its own."""
    return wording.event_words(happened)


@register.simple_tag
def choices(name: str) -> Sequence[tuple[str, str | Promise]]:
    """Return what there is to choose from: `when`, `places`, `roles`, `scopes`, `days`, `categories`."""
    return wording.CHOICES[name]


@register.filter
def options_of(desk: Desk, row: Row) -> list[tuple[str, str, Any]]:
    """Return what an action is told: the name, label and value of each option."""
    kind = desk.actions.get(row.kind)
    names = kind.options.model_fields if kind else {}
    return [(name, str(wording.OPTIONS.get(name, name)), row.values.get(name, "")) for name in names]
