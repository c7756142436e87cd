"""Alerts in the administration, to be read: what was decided is not edited."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.moderation.models import Alert, Decision, Note


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """The alerts."""

    list_display = ("pk", "workspace", "live", "score", "state", "raised_at", "version")
    list_filter = ("workspace", "state")
    list_select_related = ("workspace", "live")
    date_hierarchy = "raised_at"
    show_full_result_count = False


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """What was decided, what was taken back of it."""

    list_display = ("alert", "state", "category", "alias", "decided_at", "undone_at")
    list_filter = ("state", "category")
    date_hierarchy = "decided_at"
    show_full_result_count = False


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    """What people remarked."""

    list_display = ("alert", "alias", "written_at")
    date_hierarchy = "written_at"
    show_full_result_count = False
