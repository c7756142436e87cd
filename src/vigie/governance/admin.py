"""The audit log in the admin: to be read, never edited."""

from django.contrib import admin
from django.http import HttpRequest

from vigie.governance.models import AuditChain, AuditEntry, AuditPayload


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for mypy only
    """A table whose rows are history: nobody adds, changes or removes them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False."""
        return False


@admin.register(AuditChain)
class AuditChainAdmin(ReadOnlyAdmin):
    """The heads."""

    list_display = ("pk", "workspace", "length", "head")
    list_select_related = ("workspace",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The entries."""

    list_display = ("chain", "position", "at", "actor_id", "verb", "object_type", "object_id")
    list_filter = ("chain",)
    list_select_related = ("chain",)
    search_fields = ("verb", "object_type", "object_id")
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(AuditPayload)
class AuditPayloadAdmin(ReadOnlyAdmin):
    """Which entries still have theirs; reading it is accounted for on the audit page."""

    list_display = ("entry",)
    exclude = ("key", "body")
    list_select_related = ("entry",)
    show_full_result_count = False
