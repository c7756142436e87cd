"""Rules in the administration, to be read: they are written and put in force on their own pages."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.rules.models import ActionRun, Arrival, Firing, Rule, RuleVersion, Tally


@admin.register(Rule)
class RuleAdmin(ReadOnlyAdmin):
    """The rules."""

    list_display = ("number", "name", "workspace", "created_at", "removed_at")
    list_filter = ("workspace",)
    list_select_related = ("workspace",)


@admin.register(RuleVersion)
class RuleVersionAdmin(ReadOnlyAdmin):
    """What rules say, and which version is in force."""

    list_display = ("rule", "version", "mode", "changed_at", "in_force_since")
    list_filter = ("mode",)
    list_select_related = ("rule",)


@admin.register(Firing)
class FiringAdmin(ReadOnlyAdmin):
    """What rules did, or held back from."""

    list_display = ("version_id", "live_id", "deed", "brake", "count", "at")
    list_filter = ("deed", "brake")
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(ActionRun)
class ActionRunAdmin(ReadOnlyAdmin):
    """The actions of rules that acted, and what became of each."""

    list_display = ("firing_id", "position", "action", "state", "attempts", "done_at", "reason")
    list_filter = ("state", "action")
    show_full_result_count = False


@admin.register(Arrival)
class ArrivalAdmin(ReadOnlyAdmin):
    """What the rules have not looked at yet."""

    list_display = ("live_id", "kind")
    show_full_result_count = False


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    """How far the counts of lives were handed to the rules."""

    list_display = ("live_id", "until_s")
