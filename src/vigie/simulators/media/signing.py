"""Addresses that expire: `?exp=<second of the live's clock>&sig=<HMAC>`, as CDNs sign them."""

import hmac
from collections.abc import Mapping

LONGEST = 18
"""Digits of a second that an address can name."""


def signed_query(secret: bytes, live: str, expires_s: int) -> str:
    """Return the query that opens a live until `expires_s`."""
    return f"exp={expires_s}&sig={_signature(secret, live, expires_s)}"


def is_valid(secret: bytes, live: str, query: Mapping[str, str], now_s: float) -> bool:
    """Tell whether the query was signed for this live and has not expired."""
    expires, signature = query.get("exp", ""), query.get("sig", "")
    if not (expires.isascii() and expires.isdecimal() and len(expires) <= LONGEST):
        return False
    genuine = hmac.compare_digest(_signature(secret, live, int(expires)).encode(), signature.encode())
    return genuine and now_s < int(expires)


def _signature(secret: bytes, live: str, expires_s: int) -> str:
    return hmac.digest(secret, f"{live}:{expires_s}".encode(), "sha256").hex()[:32]
