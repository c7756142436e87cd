import pytest
from django.utils import translation

from vigie.adapters.tiktok import media, parse, probe
from vigie.adapters.twitch import authority, client
from vigie.site import platforms
from vigie.watch import hearing, watcher
from vigie.watch.wording import FIXES, NOT_SET_UP, TROUBLE, fix, told

URL = "https://example.org/live.m3u8"
OURS = (
    *(hearing.NOT_RUNNING, hearing.SKIPPED, hearing.CUT_SHORT),
    *(watcher.NO_SOUND, watcher.OVER, watcher.MUTE, watcher.UNWANTED),
)


@pytest.mark.parametrize("reason", [*OURS, *(f"{URL}: {trouble}" for trouble in sorted(TROUBLE))])
def test_reason_is_told_in_french(reason: str) -> None:
    with translation.override("fr"):
        assert told(reason) != reason
    with translation.override("en"):
        assert told(reason) == reason


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("no data for 20 s.", "aucune donnée depuis 20 s."),
        ("HTTP 503 (Service Unavailable).", "HTTP 503 (Service Unavailable)."),
        ("cannot be reached ([Errno -2] Name or service not known).", "injoignable (aucun site de ce nom)."),
        ("cannot be reached ([Errno 99] Odd).", "injoignable (Odd)."),
    ],
)
def test_reason_keeps_its_address_numbers_and_details(reason: str, french: str) -> None:
    with translation.override("fr"):
        assert told(f"{URL}: {reason}") == f"{URL}\N{NO-BREAK SPACE}: {french}"


@pytest.mark.parametrize("reason", ["", "unheard of", f"{URL}: unheard of", f"{URL}: {{}} {{0}} %s (a) 7"])
def test_reason_without_a_translation_is_told_as_it_is(reason: str) -> None:
    with translation.override("fr"):
        assert told(reason) == reason


# ── what platforms say of an account ──

PAGE = "https://www.tiktok.com/@camille: "
OF_PLATFORMS = (
    *parse.REASONS.values(),
    *(probe.NO_NAME, parse.SOMEBODY_ELSE, media.RESTRICTED, platforms.NOT_CONFIGURED),
    *(client.NOT_A_NAME, client.GONE, client.BANNED, client.BROKEN, authority.UNKNOWN_APPLICATION),
    "TikTok says status 9, whose meaning is not known.",
    "TikTok shows no profile (code 10101).",
    f"{PAGE}TikTok asks whether a person is there.",
    f"{PAGE}TikTok answered with a page in place of data.",
    "TikTok refuses: https://www.tiktok.com/api-live/user/room: HTTP 429 (Too Many Requests).",
    "The signing service refuses the key (HTTP 401): check VIGIE_TIKTOK_SIGN_KEY.",
    "The signing service refuses: api.eulerstream.com/x: HTTP 429 (Too Many Requests).",
    "tiktok: no request before 40 s.",
)


@pytest.mark.parametrize("reason", OF_PLATFORMS)
def test_what_a_platform_says_has_a_translation_and_a_fix(reason: str) -> None:
    with translation.override("en"):
        assert (told(reason), fix(reason) != "") == (reason.removeprefix(PAGE), True)
        english = fix(reason)
    with translation.override("fr"):
        assert told(reason) != reason
        assert fix(reason) != english


def test_every_reason_of_the_table_is_told_in_french() -> None:
    with translation.override("fr"):
        assert [reason for reason in FIXES if told(reason) == reason] == []


def test_a_reason_in_two_parts_keeps_what_was_asked() -> None:
    with translation.override("fr"):
        words = told("TikTok refuses: www.tiktok.com/x: HTTP 429 (Too Many Requests).")

    assert words == "TikTok refuse\N{NO-BREAK SPACE}: www.tiktok.com/x\N{NO-BREAK SPACE}: HTTP 429 (Too Many Requests)."


@pytest.mark.parametrize("reason", [probe.NEVER_LIVE, "", "unheard of", f"{URL}: unheard of", f"{URL}: no sound."])
def test_what_is_no_trouble_of_an_account_has_no_fix(reason: str) -> None:
    assert fix(reason) == ""


def test_a_platform_that_is_not_set_up_is_known_by_its_reason() -> None:
    assert platforms.NOT_CONFIGURED in NOT_SET_UP
