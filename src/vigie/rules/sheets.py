"""What lies on the desk of whoever edits a rule: the rule, its versions, and the form as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from vigie.rules import actions, editing, listings, queries, wording
from vigie.rules.actions import ActionKind
from vigie.rules.document import BadRules
from vigie.rules.editing import Data, Sheet
from vigie.rules.models import Mode, Rule, RuleVersion
from vigie.runtime.numbers import number


@dataclass(frozen=True)
class Desk:
    """A rule that is edited."""

    rule: Rule | None
    """None: a new one."""
    sheet: Sheet
    based_on: int
    """The newest version when the reader began; 0 of a new rule."""
    versions: Mapping[str, RuleVersion]
    """By mode: at most one of each that is not over."""
    focus: str = ""
    """Where the focus goes once the form is shown anew: what the name of a field begins with, or `add=if`."""
    trouble: str = ""
    """Why the newest version cannot be used as it is stored; empty where it can."""

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
    def coming(self) -> RuleVersion | None:
        """The version that would be put in force next."""
        return self.versions.get(Mode.TRIAL) or self.versions.get(Mode.DRAFT)

    @property
    def mode(self) -> str:
        """How the rule stands, as it is told in one word: `trial` before `draft`, what is to come before what acts."""
        version = self.coming or self.standing
        return version.mode if version else Mode.DRAFT

    @cached_property
    def actions(self) -> Mapping[str, ActionKind]:
        """What rules can do."""
        return actions.known()

    @property
    def kinds(self) -> list[str]:
        """The conditions that may be asked."""
        return editing.kinds_of(self.sheet.when)

    @property
    def exceptions(self) -> list[str]:
        """The conditions that may hold it back."""
        return editing.kinds_of(self.sheet.when, "unless")

    @property
    def plain_fields(self) -> list[str]:
        """The fields outside of rows that may be flawed."""
        return ["name", "per_hour", *self._groups]

    @property
    def shown_brakes(self) -> list[str]:
        """The brakes beside which it stands how often they held back."""
        rows = [*(["cooldown"] if self.sheet.rests else []), *(["except"] if self.sheet.exceptions else [])]
        return ["hourly_cap", *rows, *self._groups]

    @property
    def _groups(self) -> list[str]:
        return [name for name in ("quorum", "schedule") if name in self.sheet.data]

    @property
    def free_scopes(self) -> list[str]:
        """Of what the rule may rest besides."""
        taken = {row.kind for row in self.sheet.rests}
        return [scope for scope in editing.scopes_of(self.sheet.when) if scope not in taken]

    @property
    def brakes(self) -> list[tuple[str, str]]:
        """What may still be added to hold the rule back, with its label."""
        offered = {"unless": True, "rest": bool(self.free_scopes)}
        offered |= {name: name not in self._groups for name in ("quorum", "schedule")}
        return [(name, str(wording.BRAKES_ADDED[name])) for name, is_free in offered.items() if is_free]


def desk_of(rule: Rule | None, request: HttpRequest, *, is_final: bool = False) -> Desk:
    """Return the desk: the form as it was sent, with a row more or less where that is asked for; else what is saved.

    Before it `is_final`, a rule needs no name.
    """
    versions = listings.versions_by_mode(rule) if rule else {}
    newest = listings.newest_version(rule) if rule else None
    focus = ""
    if request.method == "POST":
        data, focus = _posted(request)
        based_on = number(request.POST.get("based_on", "")) or 0
    else:
        data = newest.content if newest else editing.example(request.GET.get("example", ""))
        based_on = newest.version if newest else 0
    options = {name: kind.options for name, kind in actions.known().items()}
    sheet = editing.sheet(data, name="" if is_final else _("unnamed"), options=options)
    return Desk(rule, sheet, based_on, versions, focus, _trouble(newest) if request.method != "POST" else "")


def _posted(request: HttpRequest) -> tuple[Data, str]:
    """Return the rule that was sent, changed as asked for, and where the focus goes then."""
    data, focus = editing.data_of(dict(request.POST.lists())), request.headers.get("HX-Trigger-Name", "")
    if added := request.POST.get("add", ""):
        data = editing.with_row(data, added, actions=actions.known())
        if added == "schedule":
            data["schedule"] |= {"zone": str(timezone.get_current_timezone())}
        focus = editing.last_row(data, added)
    if dropped := request.POST.get("drop", ""):
        data = editing.without_row(data, dropped)
        focus = f"add={dropped.partition('-')[0]}"
    return data, focus


def _trouble(version: RuleVersion | None) -> str:
    try:
        if version:
            queries.spec_of(version)
    except BadRules as error:
        return str(error)
    return ""
