"""What is written into the audit chains: entries are added, payloads are erased, nothing is changed."""

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from vigie.errors import VigieError
from vigie.events import Acted
from vigie.governance import chain, queries
from vigie.governance.models import AuditChain, AuditEntry, AuditPayload
from vigie.people.models import Membership
from vigie.runtime import bus


class AlreadyErased(VigieError):
    """The payload of this entry has already been erased."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Why payloads are erased, and on whose word."""

    reason: str
    decided_by: str
    """A name, of somebody who may have no account."""
    actor_id: int | None = None
    """Who did it, on a page; None for the operator's command line."""


@transaction.atomic
def append(act: Acted, now: datetime) -> AuditEntry:
    """Add an act to the chain of its workspace and return the entry.

    Costs one read, two inserts and one update, and holds the chain's lock until the surrounding transaction ends: keep
    transactions short, and publish acts last, so that nobody waits for a row while holding the chain.
    """
    head = _locked_chain(act.workspace_id)
    payload = chain.Payload(secrets.token_bytes(chain.KEY_BYTES), chain.canonical(act.payload))
    entry = AuditEntry(
        chain=head,
        position=head.length + 1,
        at=now,
        actor_id=act.actor_id,
        verb=act.verb,
        object_type=act.subject_type,
        object_id=act.subject_id,
        commitment=chain.commit(payload),
    )
    entry.hash = chain.seal(head.head, queries.link(entry))
    entry.save(force_insert=True)
    AuditPayload.objects.create(entry=entry, key=payload.key, body=payload.body)
    head.length, head.head = entry.position, entry.hash
    head.save(update_fields=["length", "head"])
    return entry


def _locked_chain(workspace_id: int | None) -> AuditChain:
    """On SQLite the transaction itself is the lock (`BEGIN IMMEDIATE`)."""
    locked = AuditChain.objects.select_for_update()
    return locked.get_or_create(workspace_id=workspace_id)[0]  # type: ignore[misc] # None is a fair question


@transaction.atomic
def erase_payload(entry: AuditEntry, erasure: Erasure) -> None:
    """Delete what an entry is about, for good; the chain stays valid. Raises AlreadyErased, changing nothing.

    The erasure is itself an entry. Whether somebody may do this is for the caller to know.
    """
    why = {"reason": erasure.reason, "decided_by": erasure.decided_by}
    told = Acted(entry.chain.workspace_id, erasure.actor_id, "audit.erased", "audit_entry", str(entry.position), why)
    bus.publish(told)  # first: the database lets no payload go before
    erased, _ = AuditPayload.objects.filter(entry=entry).delete()
    if not erased:
        raise AlreadyErased


@transaction.atomic
def erase_payloads(entries: Iterable[AuditEntry], erasure: Erasure) -> None:
    """Delete what each of some entries is about, or none. Raises AlreadyErased."""
    for entry in entries:
        erase_payload(entry, erasure)


@transaction.atomic
def account_for_reading(by: Membership, search: queries.Search) -> None:
    """Say that the audit log was read, and what was looked for."""
    asked = {name: str(value) for name, value in asdict(search).items() if value}
    bus.publish(Acted(by.workspace_id, by.user_id, "audit.read", payload=asked))


def verify(by: Membership) -> chain.Verdict:
    """Return what verification of the workspace's chain finds, and say that it was done."""
    found = AuditChain.objects.filter(workspace=by.workspace_id).first()
    verdict = queries.verified(found) if found else chain.Verdict(entries=0, erased=0)
    told = {"entries": verdict.entries, "fault": verdict.fault}
    with transaction.atomic():
        bus.publish(Acted(by.workspace_id, by.user_id, "audit.verified", payload=told))
    return verdict
