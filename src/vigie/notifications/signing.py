"""How webhooks are signed: Standard Webhooks 1.0.0, symmetric (https://www.standardwebhooks.com).

The receiver computes the same with the secret that it was shown once; the id and the time are signed along, so that a
delivery can be neither forged nor replayed later.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256

PREFIX = "whsec_"
KEY_BYTES = 32
"""The specification asks for 24 to 64."""


def secret_of(key: bytes) -> str:
    """Return a key as it is shown to people: `whsec_` and base64."""
    return PREFIX + b64encode(key).decode()


def signature(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    """Return `v1,` and the base64 of the HMAC-SHA256 over `id.timestamp.body`. Raises ValueError for no secret."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"a secret begins with {PREFIX}")
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    digest = hmac.digest(b64decode(secret.removeprefix(PREFIX), validate=True), signed, sha256)
    return f"v1,{b64encode(digest).decode()}"


def headers(secrets: Sequence[str], message_id: str, timestamp_s: int, body: bytes) -> Mapping[str, str]:
    """Return what a delivery carries: signed by each of the secrets, so that one can be replaced without a break."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp_s, body) for secret in secrets),
    }
