"""The people area as a Django app."""

from django.apps import AppConfig, apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Registers the area."""

    name = "vigie.people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Keep the roles up to date with the permissions that migrations bring; account for signing in and the like."""
        from vigie.people import accounts  # noqa: PLC0415 -- models must be loaded first

        post_migrate.connect(_grant_roles, dispatch_uid="people.grant_roles")
        accounts.connect()


def _grant_roles(sender: AppConfig, apps: Apps = apps, **_rest: object) -> None:
    """Run once a migration: after the last app, when every permission exists. `apps` knows the tables there are."""
    from vigie.people import operations  # noqa: PLC0415 -- models must be loaded first

    if sender == _last_with_models() and "rolegrant" in apps.all_models["people"]:
        operations.grant_roles()


def _last_with_models() -> AppConfig:
    return [config for config in apps.get_app_configs() if config.models_module][-1]
