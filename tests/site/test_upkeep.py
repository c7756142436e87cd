"""Before the product runs: tables brought up to date, a copy made first."""

import sqlite3
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection

from vigie.site import upkeep

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


def test_migrate_does_nothing_when_the_tables_are_up_to_date() -> None:
    assert upkeep.migrate(NOW) is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the copy is made of SQLite only")
def test_migrate_copies_the_database_before_it_changes_it() -> None:
    call_command("migrate", "moderation", "zero", verbosity=0)

    copy = upkeep.migrate(NOW)

    assert copy is not None
    assert copy.name == "before-migration-20261121T123000Z.sqlite3"
    with sqlite3.connect(copy) as former:
        tables = {name for (name,) in former.execute("SELECT name FROM sqlite_master")}
    former.close()
    assert "watch_live" in tables
    assert "moderation_alert" not in tables
    assert "moderation_alert" in connection.introspection.table_names()
    copy.unlink()
