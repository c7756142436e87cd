from pathlib import Path

import pytest
from django.utils import translation

from tests.watch.reasons import modules, reasons
from vigie.adapters.tiktok import media, parse, probe
from vigie.adapters.twitch import authority, client
from vigie.site import platforms
from vigie.watch import hearing, operations, watcher
from vigie.watch.wording import KNOWN, NOT_SET_UP, TROUBLE, fix, told

URL = "https://example.org/live.m3u8"
OURS = (
    *(operations.NOT_RUNNING, hearing.SKIPPED, hearing.CUT_SHORT),
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


def test_what_a_reason_gives_as_its_own_reason_is_told_too() -> None:
    with translation.override("fr"):
        said = told("Twitch ends channel.chat.message: the account is gone.")

    assert "channel.chat.message" in said
    assert "account" not in said


@pytest.mark.parametrize("reason", ["", "unheard of", f"{URL}: unheard of", f"{URL}: {{}} {{0}} %s (a) 7"])
def test_reason_without_a_translation_is_told_as_it_is(reason: str) -> None:
    with translation.override("fr"):
        assert told(reason) == reason


# ── whatever adapters can say ──


def is_known(reason: str) -> bool:
    """Return whether a text, some of which is the same in French, is told in French: then its colon is as well."""
    return told(f"moka: {reason}") != f"moka: {reason}"


@pytest.mark.parametrize("module", modules(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_whatever_an_adapter_can_say_is_told_in_french(module: Path) -> None:
    with translation.override("fr"):
        assert [reason for reason in sorted(reasons(module)) if not is_known(reason)] == []
    with translation.override("en"):
        assert [told(reason) for reason in sorted(reasons(module)) if told(reason) != reason] == []


def test_all_that_adapters_say_is_found() -> None:
    found = {reason for module in modules() for reason in reasons(module)}

    assert len(found) > 90
    assert found > {"TikTok banned this account.", "moka: no sound.", "Twitch ends moka", "TikTok suspended the live."}
    assert {module.parent.name for module in modules()} >= {"tiktok", "twitch", "web", "adapters", "people", "runtime"}


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("TikTok's chat closed the connection (code 1011).", "Le chat de TikTok a fermé la connexion (code 1011)."),
        ("TikTok's chat was silent for 30 s.", "Le chat de TikTok est resté muet pendant 30 s."),
        (
            "Twitch EventSub: Twitch had to wait too long.",
            "EventSub de Twitch\N{NO-BREAK SPACE}: Twitch a dû attendre trop longtemps.",
        ),
        (
            "Twitch camille_42 must be connected anew: The consent of this Twitch account is over: connect it again.",
            (
                "Twitch camille_42 est à reconnecter\N{NO-BREAK SPACE}: L’accord de ce compte Twitch a pris fin"
                "\N{NO-BREAK SPACE}: reconnectez-le."
            ),
        ),
    ],
)
def test_why_a_chat_broke_is_told_in_french(reason: str, french: str) -> None:
    with translation.override("fr"):
        assert told(reason) == french


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


def test_every_reason_of_the_tables_is_told_in_french() -> None:
    with translation.override("fr"):
        assert [reason for reason in KNOWN if not is_known(reason)] == []


def test_a_reason_in_two_parts_keeps_what_was_asked() -> None:
    with translation.override("fr"):
        words = told("TikTok refuses: www.tiktok.com/x: HTTP 429 (Too Many Requests).")

    assert words == "TikTok refuse\N{NO-BREAK SPACE}: www.tiktok.com/x\N{NO-BREAK SPACE}: HTTP 429 (Too Many Requests)."


@pytest.mark.parametrize("reason", [probe.NEVER_LIVE, "", "unheard of", f"{URL}: unheard of", f"{URL}: no sound."])
def test_what_is_no_trouble_of_an_account_has_no_fix(reason: str) -> None:
    assert fix(reason) == ""


def test_a_platform_that_is_not_set_up_is_known_by_its_reason() -> None:
    assert platforms.NOT_CONFIGURED in NOT_SET_UP
