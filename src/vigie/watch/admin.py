"""Channels and lives in the administration, to be read: channels are changed on their own page, and accounted for."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.watch.models import Channel, Gap, Live, LiveSample


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    """The channels."""

    list_display = ("name", "workspace", "platform", "address", "language", "is_watched", "removed_at")
    list_filter = ("workspace", "platform", "is_watched")
    list_select_related = ("workspace",)
    search_fields = ("name", "address")


@admin.register(Live)
class LiveAdmin(ReadOnlyAdmin):
    """The lives."""

    list_display = ("channel", "state", "started_at", "ended_at", "heard_s", "lost_s", "lag_s")
    list_filter = ("channel__workspace", "state")
    list_select_related = ("channel",)
    date_hierarchy = "started_at"


@admin.register(Gap)
class GapAdmin(ReadOnlyAdmin):
    """The gaps."""

    list_display = ("live", "from_s", "to_s", "cause")
    list_select_related = ("live",)


@admin.register(LiveSample)
class LiveSampleAdmin(ReadOnlyAdmin):
    """The samples."""

    list_display = ("live", "at_s", "messages", "commenters", "viewers")
    list_select_related = ("live",)
