"""What a rule would have done in the last lives: the dry run behind the editor."""

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from vigie.people.models import Membership
from vigie.risk.models import Assessment, Subject
from vigie.rules import dryrun, queries, sources
from vigie.rules.conditions import folded
from vigie.rules.dryrun import Replay
from vigie.rules.kinds import OF_THE_CHAT, When
from vigie.rules.models import Deed, Firing, Mode, Rule
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Outcome, Ruling
from vigie.speech.permissions import may_read_transcripts
from vigie.watch.models import Channel, Live
from vigie.watch.permissions import may_read_chat

DAYS = 7
MOST = 50_000
"""Occurrences that a preview looks at, those of the last lives: half a second."""
SHOWN = 5
"""Moments of each kind that are listed."""
KEPT_S = 60.0
"""For how long what was recorded is remembered: every keystroke asks for it anew."""
MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class Recorded:
    """What happened in the last lives of a workspace, of some kinds."""

    lives: Sequence[Live]
    """Newest first."""
    happened: Sequence[Occurrence]
    is_all: bool
    """Whether all lives of these days are in it."""
    at: datetime

    @property
    def hours(self) -> float:
        """How long these lives are together."""
        return sum(((live.ended_at or self.at) - live.started_at).total_seconds() for live in self.lives) / 3600


@dataclass(frozen=True, slots=True)
class Moment:
    """An outcome as it is listed."""

    outcome: Outcome
    live: Live | None
    spans: Sequence[Sequence[int | str]]
    """Flagged words of its text."""
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
class Preview:
    """What a rule would have done."""

    recorded: Recorded
    acted: Sequence[Moment]
    """The last ones."""
    held: Sequence[Moment]
    times: int
    times_held: int
    dots: Sequence[Dot]
    days: Sequence[date]
    former_times: int | None
    """How often the version in force acted in these days; None where none is."""
    remaining: Mapping[str, int]
    """Of each condition, by the prefix of its row: how many occurrences were left."""
    brakes: Mapping[str, int] = field(default_factory=dict)
    """How often each brake held back, by its name."""

    @property
    def most_a_minute(self) -> int:
        """How often it would have acted or held back in the fullest minute."""
        return max(Counter(int(dot.left * DAYS * 14.4) for dot in self.dots).values(), default=0)


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
        dots=[_dot(outcome, now) for outcome in found.outcomes],
        days=[(now - timedelta(days=back)).astimezone(zone).date() for back in range(DAYS - 1, -1, -1)],
        former_times=_former_times(rule, now),
        remaining=_remaining(spec, found),
        brakes=Counter(outcome.held.brake.name.lower() for outcome in held if outcome.held),
    )


def _remaining(spec: RuleSpec, found: Replay) -> Mapping[str, int]:
    left = found.remaining.get("preview", {})
    return {f"if-{place}": left.get(place, 0) for place in range(len(spec.if_))}


def _dot(outcome: Outcome, now: datetime) -> Dot:
    age = (now - outcome.at) / timedelta(days=DAYS)
    return Dot(round(100 * min(1.0, max(0.0, 1 - age)), 3), outcome.held is None)


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
        known = _read(workspace_id, key[1], now)
    _kept[key] = known
    _kept.move_to_end(key)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return known


def _kinds(when: When) -> frozenset[When]:
    """Return what has to be read for a rule: all that the chat brings lies in one table."""
    return frozenset({When.CHAT}) if when in OF_THE_CHAT | {When.HYPE} else frozenset({when})


def _read(workspace_id: int, kinds: frozenset[When], now: datetime) -> Recorded:
    since = now - timedelta(days=DAYS)
    found = Live.objects.filter(channel__workspace=workspace_id, started_at__gt=since).select_related("channel")
    happened: dict[Live, list[Occurrence]] = {}
    for live in found.order_by("-started_at"):
        if sum(map(len, happened.values())) >= MOST:
            break
        happened[live] = list(sources.recorded(live, kinds))
    in_order = [one for of_live in reversed(happened.values()) for one in of_live]
    return Recorded(list(happened), in_order, len(happened) == found.count(), now)


# ── moments ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moments(outcomes: Sequence[Outcome], recorded: Recorded, reader: Membership) -> list[Moment]:
    lives = {str(live.pk): live for live in recorded.lives}
    spans = spans_of([outcome.occurrences[-1].key for outcome in outcomes])
    may_read = {True: may_read_chat(reader), False: may_read_transcripts(reader)}
    moments = []
    for outcome in outcomes:
        last = outcome.occurrences[-1]
        readable = may_read[last.kind in OF_THE_CHAT]
        moments.append(Moment(outcome, lives.get(last.live), spans.get(last.key, ()), readable))
    return moments


def spans_of(keys: Sequence[str]) -> dict[str, Sequence[Sequence[int | str]]]:
    """Return the flagged words of texts, by the keys of their occurrences. One query."""
    wanted: dict[tuple[str, int], str] = {}
    ids = []
    for key in keys:
        kind, _, ref = key.partition(":")
        if kind == When.ASSESSMENT:
            ids.append(int(ref))
        elif kind in {When.SPEECH, When.CHAT}:
            wanted[Subject.UTTERANCE if kind == When.SPEECH else Subject.CHAT, int(ref)] = key
    refs = [ref for _, ref in wanted]
    found: dict[str, Sequence[Sequence[int | str]]] = {}
    for row in Assessment.objects.filter(pk__in=ids) | Assessment.objects.filter(ref_id__in=refs):
        found[f"{When.ASSESSMENT}:{row.pk}"] = row.spans
        if words := wanted.get((row.of, row.ref_id)):
            found[words] = row.spans
    return found
