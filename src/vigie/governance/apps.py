"""The governance area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    """Registers the area."""

    name = "vigie.governance"
    verbose_name = _("Audit")
