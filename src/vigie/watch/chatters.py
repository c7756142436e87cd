"""Who is who in a chat, without keeping it where a team pseudonymises. Writes nothing: `operations.chat` does."""

import json
from dataclasses import dataclass

from vigie.events import Chatter as Seen
from vigie.runtime import sealing
from vigie.runtime.fingerprints import fingerprint
from vigie.runtime.texts import storable
from vigie.watch.models import Chatter

LONGEST = 120
"""Characters that are kept of a login or a name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is on their platform."""

    platform_id: str
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose audience it is: the same person is another chatter in another workspace, or on another platform."""

    workspace_id: int
    platform: str


def key_of(audience: Audience, platform_id: str) -> str:
    """Return what stands for a person in an audience: 32 hexadecimal digits."""
    return fingerprint(f"{audience.workspace_id}:{audience.platform}:{storable(platform_id)}")


def pseudonym_of(key: str) -> str:
    """Return what a person is called where nobody is to know who they are: 40 bits, so that two seldom share one."""
    return f"c-{key[:10]}"


def row_of(audience: Audience, seen: Seen, *, is_named: bool) -> Chatter:
    """Return the row of somebody who was not seen before, not saved. Who they are is sealed unless they are named."""
    key = key_of(audience, seen.platform_id)
    row = Chatter(workspace_id=audience.workspace_id, platform=audience.platform, key=key, pseudonym=pseudonym_of(key))
    login, name = (storable(text)[:LONGEST] for text in (seen.login, seen.name))
    if is_named:
        row.login, row.name = login, name
    else:
        row.sealed = sealed_identity(Identity(storable(seen.platform_id), login, name))
    return row


def sealed_identity(identity: Identity) -> str:
    """Return who somebody is, so that only `identity_of` tells."""
    return sealing.seal(json.dumps([identity.platform_id, identity.login, identity.name]))


def identity_of(chatter: Chatter) -> Identity:
    """Return who a chatter is. Raises sealing.CannotUnseal when the key of the installation was changed since."""
    if not chatter.sealed:
        return Identity("", chatter.login, chatter.name)
    return Identity(*json.loads(sealing.unseal(chatter.sealed)))
