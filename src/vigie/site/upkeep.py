"""What happens to the database before the product runs on it."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate(now: datetime) -> Path | None:
    """Bring the tables up to date. Return the copy made first of an SQLite database that had to change, else None."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not pending:
        return None
    copy = _copy_of_sqlite(now) if executor.loader.applied_migrations else None
    call_command("migrate", interactive=False, verbosity=0)
    return copy


def _copy_of_sqlite(now: datetime) -> Path | None:
    """Copy the database file with `VACUUM INTO`, which is consistent even while others write."""
    if connection.vendor != "sqlite":
        return None
    copy = Path(settings.DATA_DIR) / "backups" / f"before-migration-{now:%Y%m%dT%H%M%SZ}.sqlite3"
    copy.parent.mkdir(exist_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    return copy
