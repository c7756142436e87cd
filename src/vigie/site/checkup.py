"""`vigie doctor`: what this installation has, what it lacks, the command that mends it. Starts nothing."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from vigie.runtime import clock, engine
from vigie.runtime.instance import has_database
from vigie.site import health
from vigie.site.findings import Finding
from vigie.speech.recognizers import POCKETSPHINX
from vigie.watch.models import Channel, Platform

EXTRAS = {"web": "streamlink", "tiktok": "TikTokLive", "whisper": "faster_whisper", "sphinx": "pocketsphinx"}
"""Extra of the package -> a module that it brings."""


def findings() -> Iterator[Finding]:
    """Yield everything that can be looked at without starting anything."""
    yield Finding("Python", is_well=True, words=sys.version.split()[0])
    yield _folder()
    tables = _tables()
    yield tables
    if settings.CELERY_BROKER_URL != "memory://":
        yield _broker()
    yield _files()
    yield from _extras()
    yield health.speech("Speech")
    yield _signing()
    yield _twitch(has_channels=tables.is_well and Channel.objects.filter(platform=Platform.TWITCH).exists())
    if tables.is_well:
        yield health.places("Places", clock.now())
    yield _port()


def _folder() -> Finding:
    folder = Path(settings.DATA_DIR)
    is_ours = os.access(folder, os.W_OK)
    return Finding("Data folder", is_well=is_ours, words=str(folder), fix="" if is_ours else f"chmod u+w {folder}")


def _tables() -> Finding:
    if not has_database():
        return Finding("Database", is_well=False, words=f"{connection.vendor}, not there yet", fix="vigie up")
    try:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return Finding("Database", is_well=False, words=str(error).strip().splitlines()[0], fix="check DATABASE_URL")
    words = f"{connection.vendor}, {pending} changes of tables to make" if pending else connection.vendor
    return Finding("Database", is_well=not pending, words=words, fix="vigie up" if pending else "")


def _broker() -> Finding:
    try:
        engine.reach_broker()
    except engine.NoBroker as error:
        return Finding("Redis", is_well=False, words=str(error), fix="check REDIS_URL")
    return Finding("Redis", is_well=True, words="answers")


def _files() -> Finding:
    is_built = (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file()
    words = "front-end files are built" if is_built else "front-end files are missing"
    return Finding("Pages", is_well=is_built, words=words, fix="" if is_built else "python3 run.py check")


def _extras() -> Iterator[Finding]:
    for extra, module in EXTRAS.items():
        is_here = find_spec(module) is not None
        is_wanted = extra != "sphinx" or settings.OPTIONS.recognizer == POCKETSPHINX
        words = module if is_here else f"{module} is not installed{'' if is_wanted else ', nor wanted'}"
        fix = "" if is_here or not is_wanted else f"pip install 'vigie[{extra}]'"
        yield Finding(f"Extra {extra}", is_well=not fix, words=words, fix=fix)


def _signing() -> Finding:
    """How the chats of TikTok are opened: a key is nothing that is missing, since some connections are free."""
    options = settings.OPTIONS
    service = urlsplit(options.tiktok_sign_url).hostname or "api.eulerstream.com, a third party"
    key = "with a key" if options.tiktok_sign_key else "without a key (VIGIE_TIKTOK_SIGN_KEY allows more)"
    words = f"chats are opened by {service}, {key}, at most {options.tiktok_sign_per_minute:g} a minute"
    if options.tiktok_session_id and options.tiktok_share_session:
        words += "; the session id goes there, too"
    return Finding("TikTok", is_well=True, words=words)


def _twitch(*, has_channels: bool) -> Finding:
    """Without its application nothing is known of channels of Twitch; who has none of them needs none."""
    options = settings.OPTIONS
    wanted = {
        "VIGIE_TWITCH_CLIENT_ID": options.twitch_client_id,
        "VIGIE_TWITCH_CLIENT_SECRET": options.twitch_client_secret,
    }
    missing = [name for name, value in wanted.items() if not value]
    if not missing:
        return Finding("Twitch", is_well=True, words="client id and secret are set")
    if len(missing) == len(wanted) and not has_channels:
        return Finding("Twitch", is_well=True, words="no client id, nor wanted")
    names = " and ".join(missing)
    words = f"{names} not set: nothing is known of its channels"
    return Finding("Twitch", is_well=False, words=words, fix=f"register an application at dev.twitch.tv, set {names}")


def _port() -> Finding:
    host, port = settings.OPTIONS.host, settings.OPTIONS.port
    is_taken = False
    with suppress(OSError):
        socket.create_connection((host, port), timeout=1).close()
        is_taken = True
    words = (
        f"{host}:{port} is answered by a program (Vigie itself, if it runs)" if is_taken else f"{host}:{port} is free"
    )
    return Finding("Port", is_well=True, words=words)
