"""Fixtures for every test. The data folder is set by tests/data_folder.py."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from tests.factories import make_user

USUAL = hypothesis.settings()
hypothesis.settings.register_profile(
    "busy",
    USUAL,
    deadline=None,
    suppress_health_check=[*USUAL.suppress_health_check, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("busy")  # no test asserts a time: a busy machine fails none

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Pages name static files as they lie in the source tree: no manifest is needed."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def english(settings: Settings) -> Iterator[None]:
    """Tests read English unless they ask for French, whether the catalogue was built or not."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open() -> Iterator[None]:
    """What a module leaves open is told at its end, not in whichever comes later."""
    yield
    gc.collect()


@pytest.fixture
def operator(client: Client) -> Client:
    """Whoever runs the installation, signed in: a member of no workspace."""
    user = make_user("ada")
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    return client


@pytest.fixture
def shared_data() -> Path:
    """The data folder beside the checkout; tests that use it are marked `shared`."""
    if not SHARED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{SHARED} is missing")
        pytest.skip("the data folder beside the checkout is missing")
    return SHARED


@pytest.fixture(scope="session")
def micro_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper model with random weights and one layer: it says noise, in the way of the real ones."""
    script = SHARED / "whisper" / "make_whisper.py"
    if not script.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{script} is missing")
        pytest.skip("the data folder beside the checkout is missing")
    folder = tmp_path_factory.mktemp("models") / "micro"
    subprocess.run([sys.executable, script, "micro", folder], check=True, capture_output=True)
    return folder


@pytest.fixture(autouse=True)
def emptied_audit(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits is followed by emptying every table; the audit's triggers stand aside for that."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not commits and not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    names = ("0002_protect_audit", "0003_protect_erasures")
    first, second = (import_module(f"vigie.governance.migrations.{name}") for name in names)
    with connection.schema_editor() as editor:
        second.unprotect(None, editor)
        first.unprotect(None, editor)
        for table in (first.PAYLOAD, first.ENTRY, first.CHAIN):
            editor.execute(f"DELETE FROM {table}")
        first.protect(None, editor)
        second.protect(None, editor)
