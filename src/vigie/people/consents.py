"""The way to a platform's page of consent and back: what was asked for travels signed, and comes back to whoever asked.

RFC 6749, section 10.12: nobody can hand a person somebody else's consent. A state is good once, for ten minutes, in the
session it was made in, for the person it was made for.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing

from vigie.people.models import User
from vigie.people.operations import ConsentNotValid

SESSION_KEY = "people.consent"
SALT = "vigie.people.consents"
LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person went to ask for."""

    platform: str
    workspace_id: int
    purposes: tuple[str, ...]
    mends: str = ""
    """The platform's number of the account to be connected anew; empty: whichever comes."""


def ask(session: SessionBase, person: User, asked: Asked, now: datetime) -> str:
    """Return the state to send along; a former one of the session is good no more."""
    session[SESSION_KEY] = nonce = secrets.token_urlsafe(32)
    until = (now + LIFE).timestamp()
    return signing.dumps({"nonce": nonce, "person": person.pk, "until": until, "asked": asdict(asked)}, salt=SALT)


def answer(session: SessionBase, person: User, state: str, now: datetime) -> Asked:
    """Return what was asked for with `state`, once. Raises ConsentNotValid."""
    nonce = session.pop(SESSION_KEY, "")
    try:
        told = signing.loads(state, salt=SALT)
    except signing.BadSignature:
        raise ConsentNotValid from None
    is_ours = compare_digest(told["nonce"], nonce) and told["person"] == person.pk
    if not is_ours or now.timestamp() > told["until"]:
        raise ConsentNotValid
    return Asked(**told["asked"] | {"purposes": tuple(told["asked"]["purposes"])})
