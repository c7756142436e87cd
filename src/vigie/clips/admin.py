"""Clips and OBS in the administration, to be read; passwords, tokens and what people wrote are not shown."""

from django.contrib import admin

from vigie.clips.models import Clip, ClipName, ClipSettings, ObsInstance, Poster, ShareLink
from vigie.governance.admin import ReadOnlyAdmin


@admin.register(Clip)
class ClipAdmin(ReadOnlyAdmin):
    """The clips, and how far each has come; not what they are about."""

    list_display = ("workspace", "seq", "origin", "state", "requested_at", "size_bytes", "removed_at", "reason")
    list_filter = ("workspace", "state", "origin")
    list_select_related = ("workspace",)
    exclude = ("chatter", "trigger", "title", "note", "tags", "name", "original")
    date_hierarchy = "requested_at"
    show_full_result_count = False


@admin.register(ClipName)
class ClipNameAdmin(ReadOnlyAdmin):
    """When clips were named; a name may name somebody."""

    list_display = ("clip_id", "given_at")
    exclude = ("name",)
    show_full_result_count = False


@admin.register(Poster)
class PosterAdmin(ReadOnlyAdmin):
    """Which clips have a picture; not the picture."""

    list_display = ("clip_id",)
    exclude = ("jpeg",)


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnlyAdmin):
    """The links to clips, without what opens them."""

    list_display = ("clip_id", "made_at", "expires_at", "revoked_at", "opened")
    exclude = ("token_hash",)


@admin.register(ClipSettings)
class ClipSettingsAdmin(ReadOnlyAdmin):
    """How workspaces make and keep clips."""

    list_display = ("workspace", "before_s", "after_s", "keep_days", "keep_gigabytes")
    list_select_related = ("workspace",)


@admin.register(ObsInstance)
class ObsInstanceAdmin(ReadOnlyAdmin):
    """The OBS of workspaces, without their passwords."""

    list_display = ("name", "workspace", "host", "port", "is_used", "state", "reason", "checked_at")
    list_filter = ("workspace", "state")
    list_select_related = ("workspace",)
    exclude = ("sealed_password",)
