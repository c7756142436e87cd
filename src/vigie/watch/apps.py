"""The watch area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchConfig(AppConfig):
    """Registers the area."""

    name = "vigie.watch"
    verbose_name = _("Watching")
