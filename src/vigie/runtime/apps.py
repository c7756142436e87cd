"""The runtime area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RuntimeConfig(AppConfig):
    """Registers the area."""

    name = "vigie.runtime"
    verbose_name = _("Engine")
