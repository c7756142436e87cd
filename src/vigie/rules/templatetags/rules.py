"""How rules are spoken of in templates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext

from vigie.rules import wording
from vigie.rules.brakes import Held
from vigie.rules.durations import written
from vigie.rules.editing import Row, written_entry
from vigie.rules.models import Firing
from vigie.rules.occurrences import Occurrence
from vigie.rules.sheets import Desk

register = template.Library()

AROUND_S = 15.0
"""Seconds of a live that are shown on both sides of a moment."""


@register.filter
def entry(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the entry of a mapping; nothing where there is none."""
    return mapping.get(key, "") if mapping else ""


# ── the form ───────────────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def typed_lines(values: object) -> str:
    """Return entries as they are typed: one a line."""
    return "\n".join(map(written_entry, values)) if isinstance(values, list | tuple) else str(values or "")


@register.filter
def typed_commas(values: object) -> str:
    """Return entries as they are typed in one line."""
    return ", ".join(map(written_entry, values)) if isinstance(values, list | tuple) else str(values or "")


@register.filter
def share(value: object) -> str:
    """Return a share as it is typed: `30 %`; what is none as it is."""
    if not isinstance(value, int | float):
        return str(value)
    percent = round(value * 100, 6)
    if percent / 100 != value:
        return number_format(value)
    return gettext("%(figure)s %%") % {"figure": number_format(int(percent) if percent == int(percent) else percent)}


@register.filter
def with_own(offered: Iterable[str], own: str) -> list[str]:
    """Return what may be chosen, with what stands there already."""
    return list(dict.fromkeys([*offered, *([own] if own else [])]))


@register.simple_tag
def choices(name: str) -> Sequence[tuple[str, str | Promise]]:
    """Return what there is to choose from: `when`, `places`, `roles`, `days`, `categories`."""
    return wording.CHOICES[name]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that an action is told."""

    name: str
    label: str
    value: Any
    usual: str
    """What goes without it being said."""

    @property
    def is_long(self) -> bool:
        """Whether words are typed there."""
        return self.name in {"name", "text", "label", "webhook", "obs"}


@register.filter
def options_of(desk: Desk, row: Row) -> list[Option]:
    """Return what an action is told."""
    kind = desk.actions.get(row.kind)
    options = []
    for name, known in kind.options.model_fields.items() if kind else ():
        usual = written(known.default) if isinstance(known.default, float) else ""
        label, hint = str(wording.OPTIONS.get(name, name)), str(wording.USUAL.get(name, ""))
        options.append(Option(name, label, row.values.get(name, ""), usual or hint))
    return options


@register.filter
def action_label(desk: Desk, key: str) -> str:
    """Return what an action is called."""
    kind = desk.actions.get(key)
    return str(capfirst(str(kind.label))) if kind else key


@register.filter
def action_icon(key: str) -> str:
    """Return the drawing of an action."""
    return wording.ICONS.get(key, "rules")


# ── in words ───────────────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def when_words(kind: str) -> str | Promise:
    """Return what a rule waits for."""
    return wording.WHEN.get(kind, kind)


@register.filter
def mode_words(mode: str) -> str | Promise:
    """Return how a rule stands."""
    return wording.MODES.get(mode, mode)


@register.filter
def condition_words(kind: str) -> str | Promise:
    """Return what a condition is called."""
    return wording.CONDITIONS.get(kind, kind)


@register.filter
def scope_words(scope: str) -> str | Promise:
    """Return of what a rule rests."""
    return wording.SCOPES.get(scope, scope)


@register.filter
def done_words(action: str) -> str | Promise:
    """Return what was done, in a word or two."""
    return wording.DONE.get(action, action)


@register.filter
def reason_words(reason: str) -> str:
    """Return why an action could not be done, in the reader's language as far as it is known there."""
    return gettext(reason) if reason else ""


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


# ── where ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def stretch(moment: Occurrence | Firing) -> str:
    """Return the seconds of a live around a moment, as its page takes them: `12.0-42.0`."""
    return f"{max(0.0, moment.at_s - AROUND_S):.1f}-{max(0.0, moment.at_s) + AROUND_S:.1f}"


@register.filter
def newest_first(firing: Firing) -> str:
    """Return a figure that is the smaller the later something happened."""
    return f"{-firing.at.timestamp():.3f}"
