"""What the archive shows: which clips, in which order, and what stands beside one of them.

As many queries for one clip as for forty.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum, TextField
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast
from django.urls import reverse

from vigie.clips import queries
from vigie.clips.models import UNDER_WAY, Clip, ClipState, Origin, Poster
from vigie.clips.permissions import may_see_clips
from vigie.people.models import Membership
from vigie.rules.models import Rule

ORDERS: Mapping[str, tuple[str | OrderBy, ...]] = {
    "newest": ("-requested_at", "-pk"),
    "oldest": ("requested_at", "pk"),
    "longest": (F("duration_s").desc(nulls_last=True), "-pk"),
    "largest": (F("size_bytes").desc(nulls_last=True), "-pk"),
    "risk": (F("score").desc(nulls_last=True), "-requested_at", "-pk"),
}
"""Ways to go through the archive; the first one is the usual one."""
STATES = {"ready": (ClipState.VERIFIED,), "under-way": UNDER_WAY, "failed": (ClipState.FAILED,)}
KEPT, HELD = "kept", "held"
ACTIONS = {Origin.SERVER: "clip", Origin.OBS: "replay"}
"""Which action of a rule asks for such clips."""
MOST_TAGS = 2000
"""Clips, the newest, whose tags are offered."""
MOST_CHATTERS = 200
"""Offered while one types."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which clips are looked for; what is not filled in means all of them."""

    words: str = ""
    """In their title, notes, name, or what made the rule act."""
    channel_id: int | None = None
    rule_id: int | None = None
    chatter: str = ""
    tag: str = ""
    kept: str = ""
    """`kept`, `held`, or either."""
    state: str = ""
    since: date | None = None
    until: date | None = None
    """Included; days of the current time zone, in which the clip was asked for."""
    score: float | None = None
    """At least."""

    def condition(self) -> Q:
        """Return what holds of the clips that are looked for."""
        found = _words(self.words) & _days(self.since, self.until) & _exactly(channel=self.channel_id)
        found &= _exactly(firing__version__rule=self.rule_id, score__gte=self.score)
        found &= Q(chatter__icontains=self.chatter) if self.chatter else Q()
        found &= Q(state__in=STATES[self.state]) if self.state in STATES else Q()
        found &= {KEPT: Q(is_kept=True), HELD: Q(is_held=True)}.get(self.kept, Q())
        return found & (_tagged(self.tag) if self.tag else Q())


def _exactly(**wanted: object) -> Q:
    return Q(**{name: value for name, value in wanted.items() if value is not None})


def _words(words: str) -> Q:
    """Return what holds of clips that have every word somewhere."""
    found = Q()
    for word in words.split():
        places = ("title", "note", "name", "trigger")
        found &= Q(*((f"{place}__icontains", word) for place in places), _connector=Q.OR)
    return found


def _days(since: date | None, until: date | None) -> Q:
    found = Q(requested_at__date__gte=since) if since else Q()
    return found & (Q(requested_at__date__lte=until) if until else Q())


def _tagged(tag: str) -> Q:
    """Return what holds of clips with this very tag: SQLite keeps JSON escaped, PostgreSQL does not."""
    return Q(tags_text__contains=json.dumps(tag)) | Q(tags_text__contains=json.dumps(tag, ensure_ascii=False))


def shown(membership: Membership) -> QuerySet[Clip]:
    """Return the clips of a workspace with all that a card says of them, newest first."""
    return _with_all(queries.clips_for(membership))


def _with_all(clips: QuerySet[Clip]) -> QuerySet[Clip]:
    full = clips.select_related("workspace", "channel", "live", "obs", "firing__version__rule", "assessment")
    return full.annotate(has_poster=Exists(Poster.objects.filter(clip=OuterRef("pk"))))


def found_for(membership: Membership, sought: Sought, order: str) -> QuerySet[Clip]:
    """Return the clips that are looked for, in the order asked for."""
    clips = shown(membership).annotate(tags_text=Cast("tags", TextField())).filter(sought.condition())
    return clips.order_by(*ORDERS.get(order, ORDERS["newest"]))


@dataclass(frozen=True, slots=True)
class Card:
    """A clip as the grid shows it."""

    clip: Clip
    alias: str = ""
    """Of the person who asked for it; empty where a rule did, or where they left."""


def cards(clips: Sequence[Clip]) -> list[Card]:
    """Return the cards of clips of one workspace, in their order. One query."""
    people = {clip.requested_by_id for clip in clips if clip.requested_by_id}
    members = Membership.objects.filter(user__in=people, workspace__in={clip.workspace_id for clip in clips})
    aliases = {member.user_id: member.alias for member in members} if people else {}
    return [Card(clip, aliases.get(clip.requested_by_id or 0, "")) for clip in clips]


def cards_among(ids: Collection[int]) -> list[Card]:
    """Return clips of one workspace as the grid shows them, deleted or not. Two queries."""
    return cards(list(_with_all(Clip.objects.filter(pk__in=ids)).order_by("pk")))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What comes before a clip and after it, newest first."""

    before: int | None
    after: int | None


def neighbours_of(membership: Membership, clip: Clip) -> Neighbours:
    """Return the clips beside one. Two reads of the index."""
    clips = queries.clips_for(membership)
    newer = Q(requested_at__gt=clip.requested_at) | Q(requested_at=clip.requested_at, pk__gt=clip.pk)
    older = Q(requested_at__lt=clip.requested_at) | Q(requested_at=clip.requested_at, pk__lt=clip.pk)
    before = clips.filter(newer).order_by("requested_at", "pk").values_list("pk", flat=True).first()
    return Neighbours(before, clips.filter(older).values_list("pk", flat=True).first())


def newest(membership: Membership) -> int:
    """Return the number of the last clip that was asked for; 0 without one."""
    return queries.clips_for(membership).order_by().aggregate(last=Max("pk"))["last"] or 0


def count_after(membership: Membership, pk: int) -> int:
    """Return how many clips were asked for since number `pk`."""
    return queries.clips_for(membership).filter(pk__gt=pk).count()


def of_stretch(membership: Membership, live_id: int, from_s: float, to_s: float) -> QuerySet[Clip]:
    """Return the clips of a live that show something of a stretch, in order."""
    return shown(membership).filter(live=live_id, from_s__lte=to_s, to_s__gte=from_s).order_by("from_s", "pk")


def pages_of_firings(membership: Membership, firings: Collection[int]) -> dict[tuple[int, str], str]:
    """Return the page of the newest clip that each action of these made, as far as the reader may see it. One query."""
    if not may_see_clips(membership):
        return {}
    asked = (
        queries.clips_for(membership).filter(firing__in=firings).order_by("pk").values_list("firing", "origin", "pk")
    )
    return {
        (firing, ACTIONS[Origin(origin)]): reverse("clip", args=[membership.workspace.slug, pk])
        for firing, origin, pk in asked
        if firing
    }


# ── what can be chosen ─────────────────────────────────────────────────────────────────────────────────────────────


def rules_of(membership: Membership) -> QuerySet[Rule]:
    """Return the rules that asked for clips, by name."""
    asked = queries.clips_for(membership).exclude(firing=None).order_by().values("firing__version__rule")
    return Rule.objects.filter(workspace=membership.workspace_id, pk__in=asked).order_by("name", "pk")


def tags_of(membership: Membership) -> list[str]:
    """Return the tags of the newest clips, in order of the alphabet."""
    tagged = queries.clips_for(membership).exclude(tags=[]).values_list("tags", flat=True)
    return sorted({str(tag) for tags in tagged[:MOST_TAGS] for tag in tags}, key=lambda tag: (tag.casefold(), tag))


def chatters_of(membership: Membership) -> list[str]:
    """Return whom rules made clips of, in order of the alphabet."""
    named = queries.clips_for(membership).exclude(chatter="").exclude(firing=None).order_by("chatter")
    return list(named.values_list("chatter", flat=True).distinct()[:MOST_CHATTERS])


def room_used(workspace_id: int) -> int:
    """Return the bytes that the clips of a workspace take."""
    kept = Clip.objects.filter(workspace=workspace_id, removed_at=None)
    return kept.aggregate(size=Sum("size_bytes"))["size"] or 0
