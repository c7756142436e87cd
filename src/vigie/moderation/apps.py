"""The moderation area as a Django app."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Registers the area."""

    name = "vigie.moderation"
    label = "moderation"
    default_auto_field = "django.db.models.BigAutoField"
