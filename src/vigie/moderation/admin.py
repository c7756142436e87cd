"""Alerts in the administration, to be read, without what was decided: reading that is accounted for on their page."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.moderation.models import Alert, Decision, Note


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """The alerts."""

    list_display = ("pk", "workspace", "live", "score", "raised_at", "version")
    list_filter = ("workspace",)
    exclude = ("state", "decision")
    list_select_related = ("workspace", "live")
    date_hierarchy = "raised_at"
    show_full_result_count = False


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Who decided when, what was taken back of it."""

    list_display = ("alert_id", "alias", "decided_at", "undone_at")
    exclude = ("state", "category")
    date_hierarchy = "decided_at"
    show_full_result_count = False


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    """Who remarked something when."""

    list_display = ("alert_id", "alias", "written_at")
    exclude = ("text",)
    date_hierarchy = "written_at"
    show_full_result_count = False
