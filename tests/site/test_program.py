"""The program: its address, its one process."""

import socket
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

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


def test_exclusive_lets_several_processes_share_a_broker(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:6379/0"
    with program.exclusive(frozenset({Role.WEB})), program.exclusive(frozenset({Role.WEB})):
        pass
