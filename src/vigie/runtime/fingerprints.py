"""What stands for a text that is not kept: a keyed hash, the same as long as the installation lives.

Its key is random, made once, and sealed in a row: another `SECRET_KEY` changes no fingerprint.
"""

import base64
import hmac
import secrets

import structlog

from vigie.runtime.models import StoredKey
from vigie.runtime.sealing import CannotUnseal, seal, unseal

log = structlog.get_logger(__name__)

NAME = "fingerprints"
KEY_BYTES = 32
LOST = "sealed with a secret key that is not in VIGIE_SECRET_KEY_FALLBACKS: everybody in a chat is somebody new"
_known: dict[str, bytes] = {}
"""Keys that this process has read."""


def fingerprint(text: str) -> str:
    """Return 32 hexadecimal digits that stand for `text`, always the same, and tell nothing of it without the key.

    The key is read once a process. One that was sealed with a secret key that is not known any more is replaced: chats
    go on, and everybody in them is somebody new.
    """
    return hmac.digest(_known.get(NAME) or _stored(), text.encode(), "sha256").hex()[:32]


def new_key() -> str:
    """Return a random key, sealed."""
    return seal(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())


def forget() -> None:
    """Read the key again the next time, as a process that starts does."""
    _known.clear()


def _stored() -> bytes:
    """Return the key in the table, made where there is none; a new one is known once its transaction is over."""
    row, is_new = StoredKey.objects.get_or_create(name=NAME, defaults={"sealed": new_key()})
    try:
        key = base64.b64decode(unseal(row.sealed))
    except CannotUnseal:
        log.error("fingerprints_lost", reason=LOST)  # noqa: TRY400 -- told, and nothing to trace
        StoredKey.objects.filter(name=NAME, sealed=row.sealed).update(sealed=new_key())
        return _stored()
    if not is_new:
        _known[NAME] = key
    return key
