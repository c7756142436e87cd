"""How a receiver makes sure of a webhook: Standard Webhooks 1.0.0, "Verifying webhook authenticity".

Written from the specification, so that what Vigie signs is compared with something it did not write.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

LONGEST = 18
"""Digits of a timestamp that are read."""
TOLERANCE_S = 300
"""How far the sender's clock may be from ours; what is older may be a replay."""


class Forged(Exception):
    """This did not come from whoever knows the secret, or not now."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now_s: float) -> str:
    """Return the id of a delivery whose signature is right. Raises Forged. Names of headers are in lower case."""
    try:
        message_id, timestamp, given = (headers[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise Forged(f"no header {error}") from error
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST
    if not is_number or abs(now_s - int(timestamp)) > TOLERANCE_S:
        raise Forged(f"sent at {timestamp[:LONGEST]}")
    key = base64.b64decode(secret.split("_", 1)[1])
    mac = hmac.new(key, b".".join([message_id.encode(), timestamp.encode(), body]), hashlib.sha256)
    wanted = base64.b64encode(mac.digest()).decode()
    for candidate in given.split(" "):
        version, _, value = candidate.partition(",")
        if version == "v1" and hmac.compare_digest(value.encode(), wanted.encode()):
            return message_id
    raise Forged("no signature fits")
