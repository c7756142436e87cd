"""The clips area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClipsConfig(AppConfig):
    """Registers the area."""

    name = "vigie.clips"
    verbose_name = _("Clips")
