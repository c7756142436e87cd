"""The watch area as a Django app."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Registers the area."""

    name = "vigie.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"
