"""What a data folder has: one process, by the lock that makes a second `vigie up` refuse; a database, or none yet."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.db import connection

from vigie.errors import VigieError


class AlreadyRunning(VigieError):
    """Another Vigie already runs on this data folder."""


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for as long as the block runs. Raises AlreadyRunning.

    The system frees it if we are killed; the file that is then left does no harm.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "vigie.lock"
    with path.open("w") as lock:
        if not take(lock):
            raise AlreadyRunning(
                f"Another Vigie already runs on {data_dir}. Stop it first, or set VIGIE_DATA_DIR to another folder."
            )
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def take(lock: TextIO) -> bool:
    """Take the lock; return whether it is ours. On a file that its former holder removed since, it is worth nothing."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(lock.fileno()).st_nlink > 0


def has_database() -> bool:
    """Return whether there is a database to ask: where SQLite has none, a question would make one."""
    return connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).exists()
