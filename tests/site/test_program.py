"""The program: its address, its one process."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from tests.clips.rows import make_clip
from vigie.clips import operations
from vigie.clips.models import Clip, ClipState
from vigie.runtime import clock
from vigie.runtime.instance import AlreadyRunning
from vigie.site import program
from vigie.site.program import Role

EVERYTHING = frozenset(Role)


def test_listening_refuses_a_port_that_is_taken_with_one_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(program.PortTaken) as refusal, program.listening("127.0.0.1", port):
            pass

    assert str(refusal.value) == (
        f"127.0.0.1:{port} cannot be used (Address already in use). Set VIGIE_PORT to another port."
    )


def test_listening_lets_those_who_come_early_wait() -> None:
    with program.listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), timeout=5):
        pass


def test_exclusive_refuses_a_second_process_on_the_same_data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with program.exclusive(EVERYTHING), pytest.raises(AlreadyRunning), program.exclusive(EVERYTHING):
        pass


def test_exclusive_refuses_one_role_alone_without_a_broker(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with pytest.raises(program.NeedsBroker), program.exclusive(frozenset({Role.WEB})):
        pass


@pytest.mark.skipif(connection.vendor != "sqlite", reason="several processes may share PostgreSQL")
def test_exclusive_keeps_sqlite_to_one_process_in_spite_of_a_broker(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.CELERY_BROKER_URL = tmp_path, "redis://127.0.0.1:6379/0"
    with program.exclusive(EVERYTHING), pytest.raises(AlreadyRunning), program.exclusive(EVERYTHING):
        pass
    with pytest.raises(program.NeedsBroker, match="PostgreSQL"), program.exclusive(frozenset({Role.WEB})):
        pass


async def visitor_seen(peer: str, forwarded: str) -> str:
    """Return who the pages believe a visitor to be, whose connection comes from `peer`."""
    seen: list[str] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    config = program.web_server()
    config.app = page
    config.load()
    headers = [(b"x-forwarded-for", forwarded.encode())]
    await config.loaded_app({"type": "http", "client": (peer, 4711), "headers": headers}, None, None)
    return seen[0]


@pytest.mark.parametrize(
    ("trusted", "peer", "visitor"),
    [
        ("", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "203.0.113.9"),
        ("10.0.0.0/8", "10.1.2.3", "203.0.113.9"),
        ("10.0.0.0/8", "192.0.2.1", "192.0.2.1"),
    ],
)
async def test_only_the_proxies_of_the_settings_say_who_a_visitor_is(
    settings: Settings, trusted: str, peer: str, visitor: str
) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"trusted_proxies": trusted})

    assert await visitor_seen(peer, "198.51.100.1, 203.0.113.9") == visitor


@pytest.mark.django_db
def test_take_over_frees_the_clips_that_a_killed_process_held(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    held = [make_clip(state=state) for state in (ClipState.SAVED, ClipState.RENAMED)]
    Clip.objects.update(claimed_until=clock.now() + timedelta(hours=1))
    assert operations.claim_unfinished(clock.now()) is None

    program.take_over()

    assert [operations.claim_unfinished(clock.now()) for _ in held] == held
