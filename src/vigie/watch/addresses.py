"""Addresses of channels: what people paste, made into one form a platform. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit, urlunsplit

from vigie.errors import VigieError

LONGEST = 500
SCHEMES = {"http": 80, "https": 443, "rtmp": 1935, "rtmps": 443, "srt": None}
"""What can be watched, with its usual port. Files are for the command line: a page must not read the server's disk."""

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d+(/|$))", re.IGNORECASE)
_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff\\]")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")


class Flaw(StrEnum):
    """Why something is not the address of a channel."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNFIT = "unfit"
    """It holds a space, an invisible character or a backslash."""
    SCHEME = "scheme"
    CREDENTIALS = "credentials"
    HOST = "host"
    HANDLE = "handle"
    """It is not what the platform's accounts are called."""
    ACCOUNT = "account"
    """It leads to the platform, but not to an account."""
    PLATFORM = "platform"
    """It may be a handle, and nothing says of which platform."""


class BadAddress(VigieError):
    """This is not the address of a channel."""

    def __init__(self, flaw: Flaw, text: str) -> None:
        super().__init__(f"{text[:80]!r} cannot be watched ({flaw}): give the web address of a live or of its media.")
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel is: the one form of what people paste."""

    platform: str
    address: str
    """The URL of the web platform, the handle elsewhere; the number where only that is known."""
    platform_id: str = ""
    """The account's number, where that is what was given."""


WEB, TIKTOK, TWITCH = "web", "tiktok", "twitch"
_HANDLES = {TIKTOK: re.compile(r"(?!.*\.$)[a-z0-9_.]{2,24}"), TWITCH: re.compile(r"[a-z0-9]\w{2,24}", re.ASCII)}
_TIKTOK_NUMBER = re.compile(r"[0-9]{5,20}")
_SITES = {
    TIKTOK: re.compile(r"(?:https?://)?(?:(?:www|m|vm|vt)\.)?tiktok\.com(?:[/?#](?P<rest>.*))?", re.IGNORECASE),
    TWITCH: re.compile(r"(?:https?://)?(?:(?:www|m|go)\.)?twitch\.tv(?:[/?#](?P<rest>.*))?", re.IGNORECASE),
}
"""Short links (`vm.`, `vt.`) are TikTok's, and tell no account."""
_NOT_ACCOUNTS = {"directory", "downloads", "jobs", "p", "popout", "settings", "subscriptions", "videos", "wallet"}
"""Pages of Twitch that stand where accounts do."""


def place_of(text: str, platform: str = "") -> Place:
    """Return the one form of what somebody pasted: a handle, `@handle`, a number, the address of an account or a live.

    Without a platform the address says which one; `@handle` is TikTok's, where accounts are written so. Raises
    BadAddress.
    """
    text = text.strip()
    if _UNFIT.search(text):
        raise BadAddress(Flaw.UNFIT, text)
    site = site_of(text)
    if site and platform in {"", site}:
        return _account_at(site, text)
    if platform in _HANDLES:
        return _account(platform, text, text)
    if not platform and text.startswith("@"):
        return _account(TIKTOK, text, text)
    if platform == WEB or "." in text or "/" in text or ":" in text:
        return Place(WEB, web_address(text))
    raise BadAddress(Flaw.PLATFORM if text else Flaw.EMPTY, text)


def site_of(text: str) -> str:
    """Return the platform whose site something is an address of, wherever it leads there; empty for any other."""
    return next((name for name, pattern in _SITES.items() if pattern.fullmatch(text.strip())), "")


def _account_at(site: str, text: str) -> Place:
    """Return the account that an address of a platform leads to."""
    found = _SITES[site].fullmatch(text)
    path = re.split(r"[?#]", (found and found["rest"]) or "")[0]
    parts = [part for part in path.split("/") if part]
    if site == TWITCH and parts[:1] == ["popout"]:
        parts = parts[1:]
    if not parts or (site == TIKTOK and not parts[0].startswith("@")) or parts[0].lower() in _NOT_ACCOUNTS:
        raise BadAddress(Flaw.ACCOUNT, text)
    return _account(site, parts[0], text)


def _account(platform: str, name: str, text: str) -> Place:
    handle = name.strip().removeprefix("@").lower()
    if platform == TIKTOK and _TIKTOK_NUMBER.fullmatch(handle):
        return Place(platform, handle, platform_id=handle)
    if not handle:
        raise BadAddress(Flaw.EMPTY, text)
    if not _HANDLES[platform].fullmatch(handle):
        raise BadAddress(Flaw.HANDLE, text)
    return Place(platform, handle)


def web_address(text: str) -> str:
    """Return the one form of a web address, so that a channel is not added twice.

    Scheme (https when left out) and host in lower case, host in ASCII, no usual port, no fragment. Raises BadAddress.
    """
    text = text.strip()
    if not text:
        raise BadAddress(Flaw.EMPTY, text)
    if _UNFIT.search(text):
        raise BadAddress(Flaw.UNFIT, text)
    address = _parsed(text)
    place = _place(address, text)
    path = address.path or ("/" if address.scheme.startswith("http") else "")
    normal = urlunsplit((address.scheme, place, path, address.query, ""))
    if len(normal) > LONGEST:
        raise BadAddress(Flaw.TOO_LONG, text)
    return normal


def _parsed(text: str) -> SplitResult:
    try:
        address = urlsplit(text if _SCHEME.match(text) else f"https://{text}")
    except ValueError as error:  # "http://[": an IPv6 address that does not end
        raise BadAddress(Flaw.HOST, text) from error
    if address.scheme not in SCHEMES:
        raise BadAddress(Flaw.SCHEME, text)
    if address.username is not None:
        raise BadAddress(Flaw.CREDENTIALS, text)
    return address


def _place(address: SplitResult, text: str) -> str:
    """Return host and port, the port only where it is not the usual one."""
    try:
        host = (address.hostname or "").encode("idna").decode()
        port = address.port
    except ValueError as error:  # UnicodeError is one: a label too long for DNS; or a port that is no number
        raise BadAddress(Flaw.HOST, text) from error
    if not _HOST.fullmatch(host):  # IDNA lets some signs become spaces
        raise BadAddress(Flaw.HOST, text)
    host = f"[{host}]" if ":" in host else host
    return host if port in {None, SCHEMES[address.scheme]} else f"{host}:{port}"


def name_of(place: Place) -> str:
    """Return what a channel may be called when nobody says: its handle; the last part of its path, else its host."""
    if place.platform != WEB:
        return f"@{place.address}"
    parts = urlsplit(place.address)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return (last.partition(".")[0] or parts.hostname or place.address)[:120]


def page_of(platform: str, address: str) -> str:
    """Return the public page of a channel, for a browser; empty where it has none, or only its number is known."""
    if platform == WEB:
        return address if address.startswith(("http://", "https://")) else ""
    if platform == TIKTOK and _TIKTOK_NUMBER.fullmatch(address):
        return ""
    sites = {TIKTOK: "https://www.tiktok.com/@", TWITCH: "https://www.twitch.tv/"}
    return f"{sites[platform]}{address}"
