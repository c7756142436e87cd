from django.apps import apps
from django.apps.registry import Apps

from vigie.people.apps import _grant_roles, _last_with_models


def test_roles_are_granted_once_a_migration_after_the_last_app() -> None:
    assert _last_with_models() == apps.get_app_config("mfa")


def test_a_migration_that_leaves_people_without_tables_grants_nothing() -> None:
    _grant_roles(_last_with_models(), apps=Apps())  # would need the database otherwise
