"""What a rule would have done in the last lives: the dry run behind the editor."""

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from django.db.models import Q

from vigie.people.models import Membership
from vigie.risk.models import Assessment, Subject
from vigie.rules import dryrun, queries, sources
from vigie.rules.brakes import Brake
from vigie.rules.conditions import folded, name_of
from vigie.rules.dryrun import Replay
from vigie.rules.kinds import OF_THE_CHAT, When
from vigie.rules.models import Deed, Firing, Mode, Rule
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Outcome, Ruling
from vigie.speech.permissions import may_read_transcripts
from vigie.watch.models import Channel, ChatMessage, Live
from vigie.watch.permissions import may_read_chat

DAYS = 7
MOST = 50_000
"""Occurrences that a preview looks at, the last ones: messages are read in 1.2 s, once a minute, and tried in 0.6 s; on
two busy cores, 22 November 2026."""
SHOWN = 5
"""Moments of each kind that are listed."""
KEPT_S = 60.0
"""For how long what was recorded is remembered: every keystroke asks for it anew."""
MOST_KEPT = 4
STEPS = 280
"""Dots side by side on the axis: more could not be told apart."""
FULL_MINUTE = 20
"""Matches in one minute from which on a rule is told to be too wide."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What happened in the last lives of a workspace, of some kinds."""

    lives: Sequence[Live]
    """Newest first."""
    happened: Sequence[Occurrence]
    """In order."""
    is_all: bool
    """Whether all that happened in these days is in it."""
    at: datetime

    @property
    def length_s(self) -> float:
        """How long these lives are together."""
        return sum(((live.ended_at or self.at) - live.started_at).total_seconds() for live in self.lives)


@dataclass(frozen=True, slots=True)
class Moment:
    """An outcome as it is listed."""

    outcome: Outcome
    live: Live | None
    judged: Assessment | None
    """What was made of its text."""
    may_read: bool
    """Whether the reader may see its text."""

    @property
    def last(self) -> Occurrence:
        """What made the rule act."""
        return self.outcome.occurrences[-1]


@dataclass(frozen=True, slots=True)
class Dot:
    """An outcome on the axis of the last days."""

    left: float
    """Percent of the axis."""
    has_acted: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day on the axis, or what of it lies there."""

    on: date
    left: float
    """Percent of the axis at which it begins."""
    middle: float
    has_room: bool
    """Whether it is long enough to be named."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done."""

    recorded: Recorded
    acted: Sequence[Moment]
    """The last ones."""
    held: Sequence[Moment]
    times: int
    times_held: int
    dots: Sequence[Dot]
    """Where it acted or held back; each place once."""
    days: Sequence[Day]
    most_a_minute: int
    """How often it would have matched in the fullest minute."""
    former_times: int | None
    """How often the version in force acted in these days; None where none is."""
    remaining: Mapping[str, int]
    """Of each condition, by the prefix of its row: how many occurrences were left."""
    brakes: Mapping[str, int] = field(default_factory=dict)
    """How often each brake held back, by its name; exceptions by the prefix of their row, too."""

    @property
    def is_too_wide(self) -> bool:
        """Whether it matches so often that somebody should look at it."""
        return self.most_a_minute > FULL_MINUTE


def preview(spec: RuleSpec, *, reader: Membership, rule: Rule | None, now: datetime, zone: tzinfo) -> Preview:
    """Return what a rule would have done in the last seven days."""
    recorded = _recorded(reader.workspace_id, spec.when, now)
    ruling = Ruling("preview", spec, _channels(spec, reader.workspace_id), str(reader.workspace_id))
    found = dryrun.replay([ruling], recorded.happened)
    acted = [outcome for outcome in found.outcomes if outcome.held is None]
    held = [outcome for outcome in found.outcomes if outcome.held is not None]
    return Preview(
        recorded,
        acted=_moments(acted[: -SHOWN - 1 : -1], recorded, reader),
        held=_moments(held[: -SHOWN - 1 : -1], recorded, reader),
        times=len(acted),
        times_held=len(held),
        dots=_dots(found.outcomes, now),
        days=_days(now, zone),
        most_a_minute=max(Counter(_minute(outcome.at) for outcome in found.outcomes).values(), default=0),
        former_times=_former_times(rule, now),
        remaining=_remaining(spec, found),
        brakes=_brakes(spec, held),
    )


def _remaining(spec: RuleSpec, found: Replay) -> Mapping[str, int]:
    left = found.remaining.get("preview", {})
    return {f"if-{place}": left.get(place, 0) for place in range(len(spec.if_))}


def _brakes(spec: RuleSpec, held: Sequence[Outcome]) -> Mapping[str, int]:
    """Return how often each brake held back; of two exceptions of a kind, the first one is told."""
    rows = {name_of(condition): place for place, condition in reversed(list(enumerate(spec.unless)))}
    brakes: Counter[str] = Counter()
    for outcome in held:
        if outcome.held:
            brakes[outcome.held.brake.name.lower()] += 1
            if outcome.held.brake is Brake.EXCEPT:
                brakes[f"unless-{rows[str(outcome.held.values['which'])]}"] += 1
    return brakes


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)


# ── the axis ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _share(at: datetime, now: datetime) -> float:
    """Return where a moment lies: 0 a week ago, 1 now."""
    return min(1.0, max(0.0, 1 - (now - at) / timedelta(days=DAYS)))


def _dots(outcomes: Sequence[Outcome], now: datetime) -> list[Dot]:
    places = {(round(STEPS * _share(outcome.at, now)), outcome.held is None) for outcome in outcomes}
    return [Dot(round(100 * place / STEPS, 2), has_acted) for place, has_acted in sorted(places)]


def _days(now: datetime, zone: tzinfo) -> list[Day]:
    """Return the days of the axis, as the reader's zone parts them."""
    first = (now - timedelta(days=DAYS)).astimezone(zone)
    midnights = [
        datetime.combine(first.date() + timedelta(days=day), time(), tzinfo=zone) for day in range(1, DAYS + 1)
    ]
    edges = [first, *(midnight for midnight in midnights if midnight < now), now]
    days = []
    for begin, end in pairwise(edges):
        left, right = _share(begin, now), _share(end, now)
        has_room = end - begin >= timedelta(hours=8)
        days.append(Day(begin.astimezone(zone).date(), round(100 * left, 2), round(50 * (left + right), 2), has_room))
    return days


def _former_times(rule: Rule | None, now: datetime) -> int | None:
    version = queries.version_of(rule, Mode.ACTIVE, Mode.PAUSED) if rule else None
    if version is None:
        return None
    since = now - timedelta(days=DAYS)
    return Firing.objects.filter(version=version, deed=Deed.ACTED, at__gt=since).count()


def _channels(spec: RuleSpec, workspace_id: int) -> frozenset[str] | None:
    if not spec.channels:
        return None
    names = folded(spec.channels)
    channels = Channel.objects.filter(workspace=workspace_id)
    return frozenset(str(channel.pk) for channel in channels if names & folded([channel.address, channel.name]))


# ── what was recorded ──────────────────────────────────────────────────────────────────────────────────────────────

_kept: OrderedDict[tuple[int, frozenset[When]], Recorded] = OrderedDict()


def _recorded(workspace_id: int, when: When, now: datetime) -> Recorded:
    """Return what happened lately, read anew once a minute."""
    key = workspace_id, _kinds(when)
    known = _kept.get(key)
    if known is None or (now - known.at).total_seconds() > KEPT_S:
        known = lately(workspace_id, key[1], now)
    _kept[key] = known
    _kept.move_to_end(key)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return known


def forget() -> None:
    """Read anew what was recorded, whenever it is asked for."""
    _kept.clear()


def _kinds(when: When) -> frozenset[When]:
    """Return what has to be read for a rule: all that the chat brings lies in one table."""
    return frozenset({When.CHAT}) if when in OF_THE_CHAT | {When.HYPE} else frozenset({when})


def lately(workspace_id: int, kinds: frozenset[When], now: datetime, *, most: int = MOST) -> Recorded:
    """Return what happened in the last seven days: about `most` of it, the last."""
    since = now - timedelta(days=DAYS)
    found = Live.objects.filter(channel__workspace=workspace_id, started_at__gt=since).select_related("channel")
    lives: list[Live] = []
    happened: list[Occurrence] = []
    is_all = True
    for live in found.order_by("-started_at", "-pk"):
        room = most - len(happened)
        if room <= 0:
            is_all = False
            break
        cut = _cut(live, room) if When.CHAT in kinds else None
        lives.append(live)
        happened += sources.recorded(live, kinds, since=cut)
        is_all &= cut is None
    return Recorded(lives, sorted(happened, key=lambda one: one.at), is_all, now)


def _cut(live: Live, room: int) -> datetime | None:
    """Return from when on a chat is read, so that about `room` messages are; None: all of it. One query."""
    newest = ChatMessage.objects.filter(live=live).order_by("-at_s").values_list("at_s", flat=True)
    beyond = newest[room : room + 1]
    return live.started_at + timedelta(seconds=beyond[0]) if beyond else None


# ── moments ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moments(outcomes: Sequence[Outcome], recorded: Recorded, reader: Membership) -> list[Moment]:
    lives = {str(live.pk): live for live in recorded.lives}
    keys = [outcome.occurrences[-1].key for outcome in outcomes]
    judged, gone = judged_of(keys), _erased(keys)
    may_read = {True: may_read_chat(reader), False: may_read_transcripts(reader)}
    moments = []
    for outcome in outcomes:
        last = outcome.occurrences[-1]
        verdict = judged.get(last.key)
        readable = may_read[is_of_chat(last, verdict)] and last.key not in gone
        moments.append(Moment(outcome, lives.get(last.live), verdict, readable))
    return moments


def _erased(keys: Sequence[str]) -> set[str]:
    """Return which messages were erased since they were read. One query at most."""
    written = {int(ref): key for key in keys for kind, _, ref in [key.partition(":")] if kind == When.CHAT}
    there = set(ChatMessage.objects.filter(pk__in=written).values_list("pk", flat=True)) if written else set()
    return {key for pk, key in written.items() if pk not in there}


def is_of_chat(happened: Occurrence, judged: Assessment | None) -> bool:
    """Return whether a text was written in a chat, even where a rule acts on what was made of it."""
    if happened.kind is When.ASSESSMENT and judged:
        return judged.of == Subject.CHAT
    return happened.kind in OF_THE_CHAT


def judged_of(keys: Sequence[str]) -> dict[str, Assessment]:
    """Return what was made of texts, by the keys of their occurrences. One query."""
    wanted: dict[tuple[str, int], str] = {}
    ids = []
    for key in keys:
        kind, _, ref = key.partition(":")
        if kind == When.ASSESSMENT:
            ids.append(int(ref))
        elif kind in {When.SPEECH, When.CHAT}:
            wanted[Subject.UTTERANCE if kind == When.SPEECH else Subject.CHAT, int(ref)] = key
    refs = [ref for _, ref in wanted]
    found: dict[str, Assessment] = {}
    for row in Assessment.objects.filter(Q(pk__in=ids) | Q(ref_id__in=refs)).order_by("pk"):
        found[f"{When.ASSESSMENT}:{row.pk}"] = row
        if words := wanted.get((row.of, row.ref_id)):
            found[words] = row
    return found
