"""Notifications and webhooks in the administration, to be read; secrets and what was answered are not shown."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.notifications.models import Delivery, Happening, Mail, Notification, Preference, Webhook


@admin.register(Happening)
class HappeningAdmin(ReadOnlyAdmin):
    """What was to be told, and whether it was."""

    list_display = ("kind", "subject_id", "workspace", "at", "state", "reason")
    list_filter = ("workspace", "kind", "state")
    list_select_related = ("workspace",)
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """The mails, without what they say."""

    list_display = ("happening_id", "member_id", "state", "tries", "not_before", "reason")
    list_filter = ("state",)
    show_full_result_count = False


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """The webhooks, without their secrets."""

    list_display = ("workspace", "place", "is_active", "last_status", "failing_since")
    list_select_related = ("workspace",)
    exclude = ("url", "sealed_secret", "former_secret")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What webhooks were sent."""

    list_display = ("message_id", "webhook_id", "type", "state", "status", "tries", "tried_at")
    list_filter = ("state", "type")
    exclude = ("response",)
    show_full_result_count = False


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Who was told what in the page."""

    list_display = ("happening_id", "member_id", "read_at")
    show_full_result_count = False


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    """What members asked for."""

    list_display = ("member_id", "page", "mail", "quiet_from", "quiet_to")
