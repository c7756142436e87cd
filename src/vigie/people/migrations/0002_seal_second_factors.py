"""Seal the secrets of the second factors there are: they were kept in the clear."""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from vigie.runtime.sealing import seal, unseal

SECRETS = ("secret", "seed")


def _rewrite(apps: Apps, change: Callable[[str], str]) -> None:
    for factor in apps.get_model("mfa", "Authenticator").objects.all():
        factor.data = {name: change(value) if name in SECRETS else value for name, value in factor.data.items()}
        factor.save(update_fields=["data"])


def forward(apps: Apps, _editor: BaseDatabaseSchemaEditor | None) -> None:
    """Seal them."""
    _rewrite(apps, seal)


def backward(apps: Apps, _editor: BaseDatabaseSchemaEditor | None) -> None:
    """Keep them in the clear again."""
    _rewrite(apps, unseal)


class Migration(migrations.Migration):
    """Rewrites rows of django-allauth; makes no table."""

    dependencies = [("people", "0001_initial"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(forward, backward)]
