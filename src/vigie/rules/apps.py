"""The rules area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    """Registers the area."""

    name = "vigie.rules"
    verbose_name = _("Rules")
