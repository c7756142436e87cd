"""What can be read of notifications and webhooks: one's own, and those of the workspace where one may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, F, QuerySet
from django.urls import reverse

from vigie.notifications import kinds, payload
from vigie.notifications.choosing import Reader
from vigie.notifications.models import Delivery, Happening, Mail, Notification, Preference, Webhook
from vigie.notifications.quiet import QuietHours
from vigie.people.models import Membership
from vigie.rules.actions import Fired
from vigie.rules.occurrences import Occurrence
from vigie.runtime.models import WorkState
from vigie.runtime.sealing import unseal
from vigie.watch.models import Live

MOST_COUNTED = 100
"""A bell shows `99+` from here on."""
MOST_MATCHED = 50
"""What a webhook is told of, of all that a rule acts on: the last of it."""
BEFORE_S, AFTER_S, PICKED_S = 120.0, 60.0, 5.0
"""How much of a live is shown around a moment, and how much of that is picked out."""

# ── what one is told ───────────────────────────────────────────────────────────────────────────────────────────────


def notifications_for(membership: Membership) -> QuerySet[Notification]:
    """Return what a member was told in the page and may still be, the newest first."""
    allowed = [kind for kind, needed in kinds.NEEDS.items() if membership.may(needed)]
    found = Notification.objects.filter(member=membership, happening__state=WorkState.DONE, happening__kind__in=allowed)
    return found.select_related("happening__workspace", "happening__live__channel").order_by("-pk")


def unread_count(membership: Membership) -> int:
    """Return how much a member was told and has not seen, `MOST_COUNTED` at most."""
    return notifications_for(membership).filter(read_at=None)[:MOST_COUNTED].count()


def unread_counts(members: Sequence[Membership]) -> dict[int, int]:
    """Return what `unread_count` says of some members of one workspace. One query, and one a role."""
    unread = Notification.objects.filter(member__in=members, read_at=None, happening__state=WorkState.DONE)
    counted = unread.values_list("member", "happening__kind").annotate(number=Count("pk")).order_by()
    found = dict.fromkeys((member.pk for member in members), 0)
    held = dict(zip(found, _permissions_of(members), strict=True))
    for member, kind, number in counted:
        found[member] += number if kinds.NEEDS[kind] in held[member] else 0
    return {member: min(number, MOST_COUNTED) for member, number in found.items()}


def _permissions_of(members: Sequence[Membership]) -> list[frozenset[str]]:
    """Return what members of one workspace may do. One query a role."""
    of_role = {member.role_id: member for member in members}
    return [of_role[member.role_id].permissions for member in members]


def members_of(ids: Collection[int]) -> list[Membership]:
    """Return some members with what their permissions depend on."""
    return list(Membership.objects.filter(pk__in=ids).select_related("workspace", "role").order_by("pk"))


# ── who is told ────────────────────────────────────────────────────────────────────────────────────────────────────


def readers_of(workspace_id: int) -> list[Reader]:
    """Return the members of a workspace who can still sign in, with what they asked for."""
    members = list(_members().filter(workspace=workspace_id).order_by("pk"))
    return [_reader(member, held) for member, held in zip(members, _permissions_of(members), strict=True)]


def reader_of(member_id: int) -> Reader | None:
    """Return a member with what they asked for; None where nobody can sign in as them any more."""
    member = _members().filter(pk=member_id).first()
    return _reader(member, member.permissions) if member else None


def _members() -> QuerySet[Membership]:
    found = Membership.objects.filter(user__is_active=True)
    return found.select_related("user", "workspace", "role", "preference").prefetch_related("preference__muted")


def preference_of(member: Membership) -> Preference:
    """Return what a member asked for; a row that is not saved where they took it as it comes."""
    return Preference.objects.filter(member=member).first() or Preference(member=member)


def shown_s_of(member_ids: Collection[int]) -> dict[int, int]:
    """Return for how long lines stay on the pages of members who asked for it. One query, where there are any."""
    asked = Preference.objects.filter(member__in=member_ids) if member_ids else Preference.objects.none()
    return dict(asked.values_list("member", "shown_s"))


def member_called(member_id: int) -> Membership | None:
    """Return a member with their workspace, if there still is one."""
    return Membership.objects.select_related("workspace").filter(pk=member_id).first()


def has_mail_server() -> bool:
    """Return whether mails leave; without a server they are printed where Vigie runs."""
    return bool(settings.OPTIONS.email_url)


def _reader(member: Membership, permissions: frozenset[str]) -> Reader:
    saved: Preference | None = getattr(member, "preference", None)
    preference = saved or Preference(member=member)
    return Reader(
        member.pk,
        permissions,
        frozenset(preference.page),
        frozenset(preference.mail),
        frozenset(channel.pk for channel in saved.muted.all()) if saved else frozenset(),
        quiet_hours(preference),
    )


def quiet_hours(preference: Preference) -> QuietHours | None:
    """Return when somebody is not to be disturbed, in their time zone."""
    if preference.quiet_from is None or preference.quiet_to is None:
        return None
    zone = preference.member.user.zone
    return QuietHours(preference.quiet_from, preference.quiet_to, frozenset(preference.quiet_days), zone)


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom something has reached, or may have, by each way."""

    page: frozenset[int] = frozenset()
    """Members."""
    mail: frozenset[int] = frozenset()
    """Members."""
    webhooks: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.page or self.mail or self.webhooks)


def reached_by(happening_id: int) -> Reached:
    """Return whom something was told to. What was put off before it was ever tried has reached nobody."""
    mails = Mail.objects.filter(happening=happening_id).exclude(state=WorkState.SKIPPED)
    deliveries = Delivery.objects.filter(happening=happening_id).exclude(state=WorkState.SKIPPED, tries=0)
    return Reached(
        frozenset(Notification.objects.filter(happening=happening_id).values_list("member", flat=True)),
        frozenset(mails.values_list("member", flat=True)),
        frozenset(deliveries.values_list("webhook", flat=True)),
    )


def concerned_by(happening: Happening) -> Reached | None:
    """Return whom something concerns that takes back what was told before; None where it takes nothing back."""
    taken_back = kinds.CORRECTS.get(happening.kind)
    if taken_back is None:
        return None
    former = Happening.objects.filter(kind=taken_back, subject_id=happening.subject_id, pk__lt=happening.pk)
    last = former.order_by("-pk").first()
    return reached_by(last.pk) if last else Reached()


# ── what waits to be sent ──────────────────────────────────────────────────────────────────────────────────────────


def waiting_happenings() -> QuerySet[Happening]:
    """Return what is to be told, in the order in which it happened."""
    return Happening.objects.select_related("workspace", "live__channel").order_by("at", "pk")


def waiting_mails() -> QuerySet[Mail]:
    """Return the mails, those of a member together."""
    return Mail.objects.select_related("happening__live__channel").order_by("member", "pk")


def waiting_deliveries() -> QuerySet[Delivery]:
    """Return the deliveries: those first whose receivers answer, so that none that is dead holds them up."""
    failing_last = F("webhook__failing_since").desc(nulls_first=True)
    return Delivery.objects.select_related("webhook").order_by(failing_last, "tries", "pk")


# ── webhooks ───────────────────────────────────────────────────────────────────────────────────────────────────────


def webhooks_for(membership: Membership) -> QuerySet[Webhook]:
    """Return the webhooks of a member's workspace, in the order in which they were added."""
    return Webhook.objects.filter(workspace=membership.workspace_id).order_by("pk")


def active_webhooks(workspace_id: int) -> QuerySet[Webhook]:
    """Return the webhooks of a workspace that are told what happens."""
    return Webhook.objects.filter(workspace=workspace_id, is_active=True).order_by("pk")


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Return what a webhook was sent, the newest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-pk")


def deliveries_for(membership: Membership) -> QuerySet[Delivery]:
    """Return what the webhooks of a member's workspace were sent."""
    return Delivery.objects.filter(webhook__workspace=membership.workspace_id).select_related("webhook")


def secrets_of(webhook: Webhook, now: datetime) -> Sequence[str]:
    """Return what signs for a webhook: its secret, and the former one for a while. Raises CannotUnseal."""
    is_former_valid = webhook.former_until is not None and now < webhook.former_until
    sealed = [webhook.sealed_secret, *([webhook.former_secret] if is_former_valid else [])]
    return [unseal(secret) for secret in sealed]


def body_of(happening: Happening) -> str:
    """Return what webhooks are sent of something that happened, as JSON."""
    data: dict[str, object] = {"workspace": happening.workspace.slug}
    if happening.live is not None:
        data |= _facts_of(happening.live, happening.workspace.slug)
    if happening.kind == kinds.LIVE_ENDED:
        data["reason"] = happening.detail
    if happening.kind == kinds.ALERT_RAISED:
        url = whole_address("alert", happening.workspace.slug, happening.subject_id)
        data["alert"] = {"id": happening.subject_id, "score": happening.score, "url": url}
    return payload.written(payload.Body(kinds.TYPES[happening.kind], happening.at, data))


def body_of_rule(fired: Fired) -> str:
    """Return what a webhook is sent of a rule that acts, as JSON: neither words nor names."""
    firing = fired.firing
    version, live, slug = firing.version, firing.live, firing.live.channel.workspace.slug
    data: dict[str, object] = {"workspace": slug, **_facts_of(live, slug)}
    data["rule"] = {"number": version.rule.number, "name": fired.rule.name, "version": version.version}
    data["moment"] = {
        "at": payload.moment(firing.at),
        "from_s": round(max(0.0, firing.since_s), 3),
        "to_s": round(firing.at_s, 3),
        "url": f"{settings.PUBLIC_URL}{moment_of(live, slug, firing.at_s)}",
    }
    what = {"type": fired.rule.when, "value": firing.value}
    data["matched"] = [_matched(happened) for happened in fired.occurrences[-MOST_MATCHED:]] or [what]
    return payload.written(payload.Body(kinds.OF_RULES, firing.at, data))


def _matched(happened: Occurrence) -> dict[str, object]:
    """Return what is told of something that a rule acts on."""
    known = {"value": happened.value or None, "score": happened.score, "category": happened.category or None}
    told = {name: value for name, value in known.items() if value is not None}
    return {"type": happened.kind, "at_s": round(happened.at_s, 3), **told}


def _facts_of(live: Live, slug: str) -> dict[str, object]:
    channel = live.channel
    return {
        "channel": {"id": channel.pk, "platform": channel.platform, "name": channel.name},
        "live": {
            "id": live.pk,
            "title": live.title,
            "started_at": payload.moment(live.started_at),
            "ended_at": payload.moment(live.ended_at),
            "url": whole_address("live", slug, live.pk),
        },
    }


def moment_of(live: Live, slug: str, at_s: float) -> str:
    """Return the address of a live's page that shows a moment of it."""
    shown = {"from": max(0.0, at_s - BEFORE_S), "to": at_s + AFTER_S}
    picked = f"{max(0.0, at_s - PICKED_S):.1f}-{at_s + PICKED_S:.1f}"
    query = urlencode({name: f"{value:.1f}" for name, value in shown.items()} | {"sel": picked})
    return f"{reverse('live', args=[slug, live.pk])}?{query}"


def page_of(happening: Happening) -> str:
    """Return the address of the page that says more."""
    if happening.kind == kinds.RULE_ACTED and happening.live:
        at_s = (happening.at - happening.live.started_at).total_seconds()
        return moment_of(happening.live, happening.workspace.slug, at_s)
    name = {kinds.ALERT_RAISED: "alert", kinds.WEBHOOK_OFF: "webhook"}.get(happening.kind, "live")
    return reverse(name, args=[happening.workspace.slug, happening.subject_id])


def whole_address(name: str, *args: object) -> str:
    """Return the whole address of a page, for what leaves the site."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"
