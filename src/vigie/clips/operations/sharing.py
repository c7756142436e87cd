"""Whoever has a link sees a clip, until it expires; who looked at a clip, and took it away, is accounted for."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F

from vigie.clips import queries
from vigie.clips.models import Clip, ShareLink
from vigie.clips.operations.editing import NoFile
from vigie.clips.operations.telling import account
from vigie.errors import VigieError
from vigie.people.models import Membership

LONGEST = timedelta(days=90)
TOKEN_BYTES = 32


class BadExpiry(VigieError):
    """A link lasts for 90 days at most, and ends in the future."""


class NoSuchLink(VigieError):
    """There is no such link, or it is over."""


@transaction.atomic
def share_clip(clip: Clip, *, expires_at: datetime, actor: Membership, now: datetime) -> tuple[ShareLink, str]:
    """Return a new link to a clip, and its token, which is kept nowhere. Raises BadExpiry, NoFile."""
    if not now < expires_at <= now + LONGEST:
        raise BadExpiry
    if not clip.has_file:
        raise NoFile
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        clip=clip, token_hash=hash_of(token), made_by=actor.user, made_at=now, expires_at=expires_at
    )
    account(clip, actor, "clip.shared", link=link.pk, expires_at=expires_at.isoformat())
    return link, token


@transaction.atomic
def revoke_link(link: ShareLink, *, actor: Membership, now: datetime) -> None:
    """Let a link lead nowhere from now on. Raises NoSuchLink where it did already."""
    if not ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        raise NoSuchLink
    link.revoked_at = now
    account(link.clip, actor, "clip.unshared", link=link.pk)


@transaction.atomic
def open_link(token: str, *, now: datetime) -> ShareLink:
    """Return the link of a token, with its clip; that it was opened is counted and accounted for. Raises NoSuchLink.

    What a page then reads of the clip asks `find_link`, which counts nothing.
    """
    link = find_link(token, now=now)
    ShareLink.objects.filter(pk=link.pk).update(opened=F("opened") + 1)
    link.refresh_from_db(fields=["opened"])
    account(link.clip, None, "clip.opened", link=link.pk)
    return link


def find_link(token: str, *, now: datetime) -> ShareLink:
    """Return the link of a token, with its clip. Raises NoSuchLink: unknown, expired, revoked, or the clip is gone."""
    link = queries.links_in_force(now).filter(token_hash=hash_of(token)).first()
    if link is None or not link.clip.has_file:
        raise NoSuchLink
    return link


def hash_of(token: str) -> str:
    """Return what is kept of a token; it is long and random: no salt is needed."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def record_view(clip: Clip, *, actor: Membership) -> None:
    """Account for somebody looking at a clip."""
    account(clip, actor, "clip.seen")


@transaction.atomic
def record_download(clip: Clip, *, actor: Membership) -> None:
    """Count and account for somebody taking a clip away."""
    Clip.objects.filter(pk=clip.pk).update(downloaded=F("downloaded") + 1)
    clip.refresh_from_db(fields=["downloaded"])
    account(clip, actor, "clip.downloaded")
