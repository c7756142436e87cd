"""Who is told of something, by which way, when. Who they are and what they prefer is read elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from vigie.notifications.kinds import CORRECTS, NEEDS
from vigie.notifications.quiet import QuietHours, quiet_until


@dataclass(frozen=True, slots=True)
class Reader:
    """A member, as far as it matters for what they are told."""

    member_id: int
    permissions: frozenset[str]
    page: frozenset[str]
    """Kinds they are told of in the page."""
    mail: frozenset[str]
    """Kinds they are told of by e-mail."""
    muted: frozenset[int] = frozenset()
    """Channels they want to hear nothing of."""
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody is told."""

    in_page: bool
    is_quiet: bool
    """They are told without a sound: nothing moves on the page but the count."""
    mail_at: datetime | None
    """Not before; None: not by e-mail."""


def choose(reader: Reader, kind: str, channel_id: int | None, now: datetime) -> Choice:
    """Return how a member is told of something that concerns a channel, or none.

    What takes something back is told by the ways that were asked for what it takes back.
    """
    asked = CORRECTS.get(kind, kind)
    may = NEEDS[kind] in reader.permissions and channel_id not in reader.muted
    until = quiet_until(reader.quiet, now) if reader.quiet else None
    return Choice(
        in_page=may and asked in reader.page,
        is_quiet=until is not None,
        mail_at=(until or now) if may and asked in reader.mail else None,
    )


def concerned(permissions: Iterable[str]) -> list[str]:
    """Return the kinds that a member with these permissions may ask for, in the order of the forms."""
    held = frozenset(permissions)
    return [kind for kind, needed in NEEDS.items() if needed in held and kind not in CORRECTS]
