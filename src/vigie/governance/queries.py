"""What can be read of the audit chains."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.db.models import F, Q, QuerySet

from vigie.governance import chain
from vigie.governance.models import AuditChain, AuditEntry
from vigie.people.models import Membership, User

PAGE = 50
"""Entries a page."""
FIRST_ON, LAST_ON = date(1970, 1, 1), date(2999, 12, 31)
"""No entry is from before or after: days beyond are these, since no zone can tell the moments of the very last ones."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in a chain; an empty field is not looked at."""

    person: str = ""
    """Part of a user name, a name or an e-mail; or the number of an account."""
    verb: str = ""
    """`alert.decided`, `transcript.read`, ..."""
    kind: str = ""
    """Of the object: `alert`, `channel`, ..."""
    number: str = ""
    """Of the object."""
    first_on: date | None = None
    last_on: date | None = None
    """Days of the reader, both included."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first."""

    entries: list[AuditEntry]
    older: int | None
    """Position that the next page starts below; None at the end."""


def entries_for(membership: Membership, search: Search, zone: tzinfo = UTC) -> QuerySet[AuditEntry]:
    """Return the entries of the person's workspace that match, newest first.

    The days of `search` are those of `zone`.
    """
    found = AuditEntry.objects.filter(chain__workspace=membership.workspace_id).order_by("-position")
    if search.person:
        found = found.filter(actor_id__in=_people(search.person))
    if search.verb:
        found = found.filter(verb=search.verb)
    if search.kind:
        found = found.filter(object_type=search.kind)
    if search.number:
        found = found.filter(object_id=search.number)
    if search.first_on:
        found = found.filter(at__gte=_midnight(search.first_on, zone))
    if search.last_on:
        found = found.filter(at__lt=_midnight(search.last_on, zone, days_later=1))
    return found


def unerased(audit_chain: AuditChain, what: str) -> QuerySet[AuditEntry]:
    """Return the entries of a chain whose payload is there, in order.

    `12` is the one at that position, `alert:12` are all about that object; anything else raises ValueError.
    """
    entries = audit_chain.entries.filter(payload__isnull=False).order_by("position")
    kind, colon, number = what.partition(":")
    if colon and kind:
        return entries.filter(object_type=kind, object_id=number)
    return entries.filter(position=int(what))


def _people(words: str) -> list[int]:
    names = Q(username__icontains=words) | Q(email__icontains=words)
    for word in words.split():
        names |= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    known = list(User.objects.filter(names).values_list("pk", flat=True))
    return [*known, int(words)] if words.isdecimal() and len(words) < 19 else known  # a larger one is no id


def _midnight(day: date, zone: tzinfo, *, days_later: int = 0) -> datetime:
    day = min(max(day, FIRST_ON), LAST_ON) + timedelta(days=days_later)
    return datetime.combine(day, time.min, zone)


def page(entries: QuerySet[AuditEntry], below: int | None = None) -> Page:
    """Return the entries of one page, those at positions under `below`, with their payloads.

    One query; as fast on the thousandth page as on the first.
    """
    if below is not None:
        entries = entries.filter(position__lt=below)
    found = list(entries.select_related("payload")[: PAGE + 1])
    shown = found[:PAGE]
    return Page(shown, shown[-1].position if len(found) > PAGE else None)


def names_of(entries: list[AuditEntry]) -> dict[int, str]:
    """Return the names of the people who acted, by id; removed accounts are left out."""
    people = User.objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id is not None})
    return {pk: str(user) for pk, user in people.items()}


def verified(audit_chain: AuditChain) -> chain.Verdict:
    """Return what verification of a whole chain, read just before, finds.

    About 20 µs an entry, in constant memory. Takes no lock: entries added meanwhile are none of its business.
    """
    entries = audit_chain.entries.order_by("position").select_related("payload")
    known = entries.filter(position__lte=audit_chain.length).iterator(chunk_size=2000)
    verdict = chain.verify(_links(known), length=audit_chain.length, head=audit_chain.head)
    if verdict.is_intact and entries.filter(position__gt=F("chain__length")).exists():
        return replace(verdict, fault=chain.Fault.HEAD_MOVED, position=verdict.entries + 1)
    if verdict.is_intact and (removed := _removed_from(audit_chain)):
        return replace(verdict, fault=chain.Fault.PAYLOAD_REMOVED, position=removed)
    return verdict


def _removed_from(audit_chain: AuditChain) -> int | None:
    """Return the first position whose payload is gone without an entry that accounts for it."""
    gone = {str(position) for position in audit_chain.entries.filter(payload=None).values_list("position", flat=True)}
    told = audit_chain.entries.filter(verb="audit.erased", object_type="audit_entry")  # read last: an erasure is both
    return min(map(int, gone.difference(told.values_list("object_id", flat=True))), default=None)


def _links(entries: Iterator[AuditEntry]) -> Iterator[tuple[chain.Entry, chain.Payload | None]]:
    for entry in entries:
        payload = getattr(entry, "payload", None)
        yield link(entry), chain.Payload(bytes(payload.key), payload.body) if payload else None


def link(entry: AuditEntry) -> chain.Entry:
    """Return the entry as the chain's mathematics sees it."""
    return chain.Entry(
        chain=entry.chain_id,
        position=entry.position,
        at=entry.at,
        actor_id=entry.actor_id,
        verb=entry.verb,
        object_type=entry.object_type,
        object_id=entry.object_id,
        commitment=entry.commitment,
        hash=entry.hash,
    )
