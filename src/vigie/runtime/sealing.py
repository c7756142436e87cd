"""Secrets at rest: what lies in the database is of no use without the secret key of the installation.

Fernet (AES-128-CBC with HMAC-SHA256) under a key that HKDF (RFC 5869) derives from `SECRET_KEY`. Former keys, in
`SECRET_KEY_FALLBACKS`, still open what they sealed.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from vigie.errors import VigieError

PURPOSE = b"vigie.runtime.sealing"
"""Tells this key from any other that is ever derived from the same secret."""


class CannotUnseal(VigieError):
    """A secret was sealed with a key that this installation does not have, or was altered since."""


def seal(text: str) -> str:
    """Return `text` sealed: ASCII, 4/3 of its bytes in UTF-8 and 100 characters more, another one at each call."""
    return _seals().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed. Raises CannotUnseal, whose message repeats nothing of it."""
    try:
        return _seals().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotUnseal from None


def _seals() -> MultiFernet:
    return MultiFernet([_fernet(str(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@cache
def _fernet(secret: str) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
