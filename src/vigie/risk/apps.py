"""The risk area as a Django app."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Registers the area."""

    name = "vigie.risk"
    label = "risk"
    default_auto_field = "django.db.models.BigAutoField"
