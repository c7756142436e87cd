"""The moderation area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Registers the area."""

    name = "vigie.moderation"
    verbose_name = _("Moderation")
