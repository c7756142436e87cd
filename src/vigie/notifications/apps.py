"""The notifications area as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Registers the area."""

    name = "vigie.notifications"
    verbose_name = _("Notifications")
