"""The speech area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpeechConfig(AppConfig):
    """Registers the area."""

    name = "vigie.speech"
    verbose_name = _("Speech")
