"""Channels and lives in the administration, to be read: channels are changed on their own page, and accounted for."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.watch.models import (
    Channel,
    ChatMessage,
    Chatter,
    ErasedMessage,
    Gap,
    Live,
    LiveMark,
    LiveSample,
    Presence,
    Thumbnail,
)


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


@admin.register(Presence)
class PresenceAdmin(ReadOnlyAdmin):
    """What is known of channels."""

    list_display = ("channel", "airing", "reason", "since", "checked_at", "due_at", "failures")
    list_filter = ("airing",)
    list_select_related = ("channel",)


@admin.register(LiveMark)
class LiveMarkAdmin(ReadOnlyAdmin):
    """The marks, without their words, which may name people: those are read on the page of a live."""

    list_display = ("live", "kind", "from_s", "to_s", "placed_by")
    fields = ("live", "kind", "from_s", "to_s", "placed_by", "placed_at")
    list_filter = ("kind",)
    list_select_related = ("live", "placed_by")


@admin.register(Thumbnail)
class ThumbnailAdmin(ReadOnlyAdmin):
    """When pictures were taken; not what they show."""

    list_display = ("live", "at_s")
    fields = ("live", "at_s")
    list_select_related = ("live",)


@admin.register(Chatter)
class ChatterAdmin(ReadOnlyAdmin):
    """The chatters by their pseudonyms: who they are is revealed on the page of a live, and accounted for."""

    list_display = ("pseudonym", "workspace", "platform", "first_seen_at")
    fields = ("pseudonym", "workspace", "platform", "first_seen_at")
    list_select_related = ("workspace",)


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnlyAdmin):
    """The messages, without their words: those are read on the page of a live."""

    list_display = ("live", "at_s", "kind", "chatter", "removed_at")
    fields = ("live", "at_s", "kind", "chatter", "count", "value", "is_history", "removed_at")
    list_select_related = ("live", "chatter")


@admin.register(ErasedMessage)
class ErasedMessageAdmin(ReadOnlyAdmin):
    """The numbers of messages that no replay brings back."""

    list_display = ("live", "platform_id")
    list_select_related = ("live",)
