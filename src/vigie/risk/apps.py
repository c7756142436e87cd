"""The risk area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    """Registers the area."""

    name = "vigie.risk"
    verbose_name = _("Analysis")
