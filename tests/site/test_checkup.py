"""The doctor: what is missing has its exact fix."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.factories import make_channel
from vigie.site import checkup
from vigie.site.findings import Finding

pytestmark = pytest.mark.django_db


def found(what: str) -> Finding:
    return {finding.what: finding for finding in checkup.findings()}[what]


def test_findings_name_the_command_that_gets_a_speech_model(settings: Settings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path
    settings.OPTIONS.recognizer, former = "auto", settings.OPTIONS.recognizer

    finding = found("Speech")

    settings.OPTIONS.recognizer = former
    assert (finding.is_well, finding.fix) == (False, "vigie models get base")


def test_findings_see_a_speech_model(settings: Settings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "model.bin").touch()
    settings.OPTIONS.recognizer, former = "auto", settings.OPTIONS.recognizer

    finding = found("Speech")

    settings.OPTIONS.recognizer = former
    assert finding == Finding("Speech", is_well=True, words="whisper base")


def test_findings_see_that_the_tables_are_up_to_date() -> None:
    assert found("Database").is_well


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "no-such-host.invalid"])
def test_findings_look_at_any_kind_of_host(settings: Settings, host: str) -> None:
    settings.OPTIONS.host, former = host, settings.OPTIONS.host

    finding = found("Port")

    settings.OPTIONS.host = former
    assert finding.words.startswith(f"{host}:")


def test_findings_ask_the_broker_where_there_is_one(settings: Settings) -> None:
    assert "Redis" not in {finding.what for finding in checkup.findings()}
    settings.CELERY_BROKER_URL = "redis://:hunter2@127.0.0.1:1/0"

    finding = found("Redis")

    assert (finding.is_well, finding.fix) == (False, "check REDIS_URL")
    assert finding.words.startswith("Redis cannot be used: Error 111 connecting to 127.0.0.1:1.")


def test_findings_miss_front_end_files_that_were_not_built(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path

    assert found("Pages") == Finding(
        "Pages", is_well=False, words="front-end files are missing", fix="python3 run.py check"
    )


@pytest.mark.parametrize(("recognizer", "fix"), [("auto", ""), ("pocketsphinx", "pip install 'vigie[sphinx]'")])
def test_findings_miss_pocketsphinx_only_where_it_is_asked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, recognizer: str, fix: str
) -> None:
    monkeypatch.setitem(checkup.EXTRAS, "sphinx", "a_module_that_is_not_here")
    monkeypatch.setattr(settings.OPTIONS, "recognizer", recognizer)

    finding = found("Extra sphinx")

    assert (finding.is_well, finding.fix) == (not fix, fix)


# ── platforms ──


@pytest.mark.parametrize(
    ("settled", "platform", "is_well", "words"),
    [
        (("", ""), "web", True, "no client id, nor wanted"),
        (("id", "secret"), "twitch", True, "client id and secret are set"),
        (("", ""), "twitch", False, "VIGIE_TWITCH_CLIENT_ID and VIGIE_TWITCH_CLIENT_SECRET not set"),
        (("id", ""), "web", False, "VIGIE_TWITCH_CLIENT_SECRET not set"),
    ],
)
def test_findings_miss_an_application_of_twitch_where_one_is_needed(
    settings: Settings, settled: tuple[str, str], platform: str, words: str, *, is_well: bool
) -> None:
    make_channel(platform=platform)
    update = {"twitch_client_id": settled[0], "twitch_client_secret": settled[1]}
    settings.OPTIONS = settings.OPTIONS.model_copy(update=update)

    finding = found("Twitch")

    assert (finding.is_well, finding.words.startswith(words)) == (is_well, True)
    assert bool(finding.fix) is not is_well
    assert "secret" not in finding.words.replace("and secret are", "")


@pytest.mark.parametrize(
    ("update", "words"),
    [
        (
            {},
            "chats are opened by api.eulerstream.com, a third party, without a key (VIGIE_TIKTOK_SIGN_KEY allows more)",
        ),
        (
            {"tiktok_sign_url": "http://127.0.0.1:9/", "tiktok_sign_key": "k", "tiktok_sign_per_minute": 0.5},
            "chats are opened by 127.0.0.1, with a key, at most 0.5 a minute",
        ),
    ],
)
def test_findings_say_who_opens_the_chats_of_tiktok(settings: Settings, update: dict[str, object], words: str) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update=update)

    assert (found("TikTok").is_well, found("TikTok").words.startswith(words)) == (True, True)


def test_findings_say_that_the_session_goes_to_the_signing_service(settings: Settings) -> None:
    update = {"tiktok_session_id": "hunter2", "tiktok_share_session": True}
    settings.OPTIONS = settings.OPTIONS.model_copy(update=update)

    words = found("TikTok").words

    assert words.endswith("; the session id goes there, too")
    assert "hunter2" not in words
