"""The speech area as a Django app."""

from django.apps import AppConfig


class SpeechConfig(AppConfig):
    """Registers the area."""

    name = "vigie.speech"
    label = "speech"
    default_auto_field = "django.db.models.BigAutoField"
