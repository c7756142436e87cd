"""What the settings make of the options, seen by programs of their own."""

import os
import subprocess
import sys

import pytest

TRY = """
import sys
import django
from django.test import RequestFactory
django.setup()
from allauth.core import ratelimit
request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.9")
for _ in range(int(sys.argv[2])):
    print(ratelimit.consume(request, action="login_failed", key=sys.argv[1]))
"""


def tries(key: str, times: int, **variables: str) -> list[str]:
    """Return whether a fresh process lets somebody try to sign in, `times` times."""
    counted = subprocess.run(
        [sys.executable, "-c", TRY, key, str(times)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "vigie.site.settings"} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return counted.stdout.split()


def test_former_secret_keys_are_known() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.SECRET_KEY_FALLBACKS)"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "vigie.site.settings", "VIGIE_SECRET_KEY_FALLBACKS": " one, two ,"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert printed.stdout == "['one', 'two']\n"


@pytest.mark.redis
def test_processes_count_the_tries_to_sign_in_together() -> None:
    server = os.environ.get("VIGIE_TEST_REDIS")
    if not server:
        if os.environ.get("CI") == "true":
            pytest.fail("VIGIE_TEST_REDIS is not set")
        pytest.skip("VIGIE_TEST_REDIS is not set")
    key = f"person-{os.getpid()}@example.org"

    assert tries(key, 4, REDIS_URL=server) == ["True"] * 4
    assert tries(key, 2, REDIS_URL=server) == ["True", "False"]
