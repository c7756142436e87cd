"""What lies on the desk of whoever edits a rule: the rule, its versions, and the form as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from vigie.rules import actions, editing, listings, wording
from vigie.rules.actions import ActionKind
from vigie.rules.editing import Sheet
from vigie.rules.kinds import Scope
from vigie.rules.models import Mode, Rule, RuleVersion


@dataclass(frozen=True, slots=True)
class Desk:
    """A rule that is edited."""

    rule: Rule | None
    """None: a new one."""
    sheet: Sheet
    based_on: int
    """The newest version when the reader began; 0 of a new rule."""
    versions: Mapping[str, RuleVersion]
    """By mode: at most one of each that is not over."""

    @property
    def next_version(self) -> int:
        """Which version saving makes or changes."""
        draft = self.versions.get(Mode.DRAFT)
        return draft.version if draft else self.based_on + 1

    @property
    def standing(self) -> RuleVersion | None:
        """The version that acts, or rests."""
        return self.versions.get(Mode.ACTIVE) or self.versions.get(Mode.PAUSED)

    @property
    def actions(self) -> Mapping[str, ActionKind]:
        """What rules can do."""
        return actions.known()

    @property
    def kinds(self) -> list[str]:
        """The conditions that may be asked."""
        return editing.kinds_of(self.sheet.when)

    @property
    def plain_fields(self) -> list[str]:
        """The fields outside of rows that may be flawed."""
        return ["name", "per_hour", *self._groups]

    @property
    def shown_brakes(self) -> list[str]:
        """The brakes beside which it stands how often they held back."""
        return ["hourly_cap", *(["cooldown"] if self.sheet.rests else []), *self._groups]

    @property
    def _groups(self) -> list[str]:
        return [name for name in ("quorum", "schedule") if self.sheet.data.get(name) is not None]

    @property
    def brakes(self) -> list[tuple[str, str]]:
        """What may still be added to hold the rule back, with its label."""
        data = self.sheet.data
        offered = {"unless": True, "rest": len(self.sheet.rests) < len(Scope)}
        offered |= {name: data.get(name) is None for name in ("quorum", "schedule")}
        return [(name, str(wording.BRAKES_ADDED[name])) for name, is_free in offered.items() if is_free]

    @property
    def exceptions(self) -> list[str]:
        """The conditions that may hold it back."""
        return editing.kinds_of(self.sheet.when, "unless")


def desk_of(rule: Rule | None, request: HttpRequest, *, is_final: bool = False) -> Desk:
    """Return the desk: the form as it was sent, with a row more or less where that is asked for; else what is saved.

    Before it `is_final`, a rule needs no name.
    """
    versions = listings.versions_by_mode(rule) if rule else {}
    newest = listings.newest_version(rule) if rule else None
    if request.method == "POST":
        data = _posted(request)
        based_on = int(request.POST["based_on"]) if request.POST.get("based_on", "").isdecimal() else 0
    else:
        data = newest.content if newest else editing.example(request.GET.get("example", ""))
        based_on = newest.version if newest else 0
    return Desk(rule, editing.sheet(data, name="" if is_final else _("unnamed")), based_on, versions)


def _posted(request: HttpRequest) -> editing.Data:
    data = editing.data_of(dict(request.POST.lists()))
    if added := request.POST.get("add", ""):
        data = editing.with_row(data, added, actions=actions.known())
    if dropped := request.POST.get("drop", ""):
        data = editing.without_row(data, dropped)
    return data
