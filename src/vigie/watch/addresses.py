"""Addresses of channels: what people paste, made into one form a platform. Pure."""

import re
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


class BadAddress(VigieError):
    """This is not the address of a channel."""

    def __init__(self, flaw: Flaw, text: str) -> None:
        super().__init__(f"{text[:80]!r} cannot be watched ({flaw}): give the web address of a live or of its media.")
        self.flaw = flaw


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


def name_of(address: str) -> str:
    """Return what a channel may be called when nobody says: the last part of its path, else its host."""
    parts = urlsplit(address)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return (last.partition(".")[0] or parts.hostname or address)[:120]
