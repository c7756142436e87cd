"""The runtime area as a Django app."""

from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    """Registers the area."""

    name = "vigie.runtime"
    label = "runtime"
    default_auto_field = "django.db.models.BigAutoField"
