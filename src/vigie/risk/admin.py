"""Policies and assessments in the administration, to be read: rules are changed on their own page."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.risk.models import Assessment, Policy


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    """The policies."""

    list_display = ("workspace", "version", "is_shipped", "note", "author", "created_at")
    list_filter = ("workspace",)
    list_select_related = ("workspace", "author")


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    """The assessments, without the words they are about: reading those is accounted for on their own pages."""

    list_display = ("live", "of", "seq", "outcome", "category", "score", "analyst", "assessed_at")
    list_filter = ("live__channel__workspace", "outcome", "category")
    list_select_related = ("live",)
    show_full_result_count = False
    exclude = ("text", "spans", "signals", "target", "stance")
