"""What can be read of alerts: the queue and its views, one alert with its moment, who decided what."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.core import signing
from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.text import format_lazy

from vigie.moderation import moment, ordering, states
from vigie.moderation.excerpts import Excerpt, excerpt
from vigie.moderation.models import Alert, AlertState, Decision
from vigie.moderation.wording import BY_RULE, REASONS, UNHEARD
from vigie.people.models import Membership
from vigie.ports import HIGH, MEDIUM
from vigie.risk.models import Assessment, Category, Subject
from vigie.runtime.models import UNFINISHED, WorkState
from vigie.speech.models import Utterance
from vigie.watch.models import Live, Track

PAGE = 50
"""Alerts a page."""
FORMER = 5
"""Former alerts of a channel shown beside a new one."""
PATIENCE_S = 120.0
"""How long a page waits for words that are still being transcribed."""


# ── the queue ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class View:
    """A part of the queue that a person looks at."""

    name: str
    only: Q
    order: tuple[str, ...]
    """The last field is unique."""


_WORST_FIRST = ("place", "raised_at", "pk")
_NEWEST_FIRST = ("-decision__decided_at", "-pk")


def views_for(membership: Membership) -> dict[str, View]:
    """Return the views of a member, by name, in the order of the menu."""
    pending = Q(state=AlertState.PENDING)
    found = (
        View("to-review", pending, _WORST_FIRST),
        View("high", pending & Q(score__gte=HIGH), _WORST_FIRST),
        View("mine", ~pending & Q(decision__decided_by=membership.user_id), _NEWEST_FIRST),
        View("decided", ~pending, _NEWEST_FIRST),
    )
    return {view.name: view for view in found}


def alerts_for(membership: Membership) -> QuerySet[Alert]:
    """Return the alerts of a member's workspace: pending, then the worst, then those on air, then the oldest first."""
    return (
        Alert.objects.filter(workspace=membership.workspace_id)
        .select_related("workspace", "live__channel", "assessment__policy", "decision", "firing__version__rule")
        .defer("assessment__policy__lexicon")  # 100 kB a row
        .annotate(place=_place())
        .order_by(*_WORST_FIRST)
    )


def _place() -> Combinable:
    """Return 0 for what is looked at first: by state, then by severity, then by being on air. For SQL to sort by."""
    return (
        _either(Q(state=AlertState.PENDING), 0, 6)
        + Case(
            When(score__gte=HIGH, then=0),
            When(score__gte=MEDIUM, then=2),
            default=4,
            output_field=IntegerField(),
        )
        + _either(Q(live__ended_at=None), 0, 1)
    )


def _either(condition: Q, holds: int, otherwise: int) -> Case:
    return Case(When(condition, then=Value(holds)), default=Value(otherwise), output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class Row:
    """An alert as the queue shows it."""

    alert: Alert
    quote: Excerpt
    why: list[Promise]
    """Why it stands where it stands, in words, the strongest reason first."""
    wait: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a view."""

    rows: list[Row]
    after: str
    """What the next page starts after; empty at the end."""


def page_of(membership: Membership, view: View, cursor: str, *, now: datetime, size: int = PAGE) -> Page:
    """Return the rows of a view that come after a cursor; from the first one where the cursor is not one of the view.

    A page begins after a row, not at a number: none is skipped or shown twice when the list changes meanwhile.
    """
    found = alerts_for(membership).filter(view.only, _after(view, cursor)).order_by(*view.order)
    # what is shown is read for the rows of the page only, not for every row that is sorted
    page = alerts_for(membership).filter(pk__in=found.values("pk")[: size + 1])
    alerts = list(page.order_by(*view.order))
    shown = alerts[:size]
    return Page(rows(shown, now), _cursor(view, shown[-1]) if len(alerts) > size else "")


def _cursor(view: View, alert: Alert) -> str:
    values = [attrgetter(field.removeprefix("-").replace("__", "."))(alert) for field in view.order]
    return signing.dumps([str(value) for value in values], salt=view.name)


def _after(view: View, cursor: str) -> Q:
    try:
        values = signing.loads(cursor, salt=view.name)
    except signing.BadSignature:
        return Q()
    beyond = Q(pk__in=[])
    for field, value in zip(reversed(view.order), reversed(values), strict=True):
        name, side = field.removeprefix("-"), "lt" if field.startswith("-") else "gt"
        beyond = Q(**{f"{name}__{side}": value}) | Q(**{name: value}) & beyond
    return beyond


def rows(alerts: Iterable[Alert], now: datetime) -> list[Row]:
    """Return the rows of alerts that stand below each other."""
    found: list[Row] = []
    above: ordering.Facts | None = None
    for alert in alerts:
        facts = _facts(alert, now)
        quote = excerpt(alert.assessment.text, alert.assessment.spans)
        why = [*raised_by(alert), *(REASONS[reason] for reason in ordering.reasons(facts, above))]
        found.append(Row(alert, quote, why, ordering.waited(facts.wait_s)))
        above = facts
    return found


def raised_by(alert: Alert) -> list[Promise]:
    """Return which rule raised an alert, in words; empty where none did."""
    if alert.firing is None:
        return []
    rule = alert.firing.version.rule
    return [format_lazy(BY_RULE, number=rule.number, name=rule.name)]


def _facts(alert: Alert, now: datetime) -> ordering.Facts:
    return ordering.Facts(
        score=alert.score,
        on_air=alert.live.ended_at is None,
        live_id=alert.live_id,
        reach=alert.assessment.reach,
        wait_s=(now - alert.raised_at).total_seconds(),
    )


def count_views(membership: Membership) -> dict[str, int]:
    """Return how many alerts each view holds. One query."""
    views = views_for(membership)
    alerts = Alert.objects.filter(workspace=membership.workspace_id)
    counts = alerts.aggregate(**{name.replace("-", "_"): Count("pk", filter=view.only) for name, view in views.items()})
    return {name: counts[name.replace("-", "_")] for name in views}


def pending_count(workspace_id: int) -> int:
    """Return how many alerts of a workspace wait for a decision. One query, by index."""
    return Alert.objects.filter(workspace=workspace_id, state=AlertState.PENDING).count()


@dataclass(frozen=True, slots=True)
class News:
    """What was raised since a page was read."""

    total: int
    high: int


def undecided_among(assessments: Collection[int]) -> set[int]:
    """Return those of some assessments whose alert nobody decided, of whichever workspace."""
    pending = Alert.objects.filter(assessment__in=assessments, state=AlertState.PENDING)
    return set(pending.values_list("assessment", flat=True))


def newest(membership: Membership) -> int:
    """Return the id of the last alert raised in the workspace, 0 where there is none."""
    return Alert.objects.filter(workspace=membership.workspace_id).aggregate(last=Max("pk"))["last"] or 0


def news_for(membership: Membership, after: int) -> News:
    """Return what was raised after the alert `after` and still waits."""
    fresh = Alert.objects.filter(workspace=membership.workspace_id, state=AlertState.PENDING, pk__gt=after)
    counts = fresh.aggregate(total=Count("pk"), high=Count("pk", filter=Q(score__gte=HIGH)))
    return News(counts["total"], counts["high"])


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands before and after an alert among those to review."""

    before: int | None
    after: int | None
    position: int | None
    """1, 2, 3, ...; None once it is decided."""
    total: int


def neighbours_of(membership: Membership, pk: int) -> Neighbours:
    """Return an alert's place among those to review. A decided one stands before them all."""
    pending = list(alerts_for(membership).filter(state=AlertState.PENDING).values_list("pk", flat=True))
    if pk not in pending:
        return Neighbours(None, pending[0] if pending else None, None, len(pending))
    index = pending.index(pk)
    before = pending[index - 1] if index else None
    after = pending[index + 1] if index + 1 < len(pending) else None
    return Neighbours(before, after, index + 1, len(pending))


def watched_lives(membership: Membership) -> int:
    """Return how many lives of the workspace are on air."""
    return Live.objects.filter(channel__workspace=membership.workspace_id, ended_at=None).count()


# ── one alert ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of an alert, as far as it was received."""

    window: moment.Window
    grid: list[moment.Row]
    current: int | None
    """Index of the row that raised the alert."""
    at: datetime
    """When what raised it was said."""
    sources: list[str]
    """Where its words come from."""
    is_growing: bool
    """Whether what follows is still coming in."""


def moment_of(alert: Alert, *, reads_around: bool) -> Moment:
    """Return the moment of an alert; without `reads_around`, only what raised it."""
    live, window = alert.live, window_of(alert)
    said = list(_said(alert, window, reads_around=reads_around))
    grid = moment.rows(_speech(said, alert), _holes(live, window))
    return Moment(
        window,
        grid,
        current=moment.current(grid, window.from_s),
        at=live.started_at + timedelta(seconds=window.from_s),
        sources=sorted({utterance.get_source_display() for utterance in said}),
        is_growing=live.ended_at is None and live.received_s < window.end_s + _patience_s(said),
    )


def _patience_s(said: Iterable[Utterance]) -> float:
    """Return how long words may lag behind sound before nobody waits for them any more, in seconds."""
    return PATIENCE_S if any(utterance.state in UNFINISHED for utterance in said) else 0.0


def window_of(alert: Alert) -> moment.Window:
    """Return the part of the live that an alert is about."""
    received_s = alert.live.received_s if alert.live.ended_at else None
    return moment.around(alert.assessment.start_s, alert.assessment.end_s, received_s=received_s)


def _said(alert: Alert, window: moment.Window, *, reads_around: bool) -> QuerySet[Utterance]:
    said = Utterance.objects.filter(live=alert.live_id, start_s__lt=window.end_s, end_s__gt=window.start_s)
    if not reads_around:
        said = said.filter(pk__in=_spoken_in(alert))
    return said.exclude(state=WorkState.DONE, text="", reason="")  # a breath, a noise


def _spoken_in(alert: Alert) -> list[int]:
    """Return the utterance that raised an alert; none where it was written in the chat."""
    return [alert.assessment.ref_id] if alert.assessment.of == Subject.UTTERANCE else []


def _speech(said: Sequence[Utterance], alert: Alert) -> Iterable[moment.Speech]:
    judged = Assessment.objects.filter(of=Subject.UTTERANCE, ref_id__in=[utterance.pk for utterance in said])
    judgements = {assessment.ref_id: _judgement(assessment) for assessment in judged}
    raised_by = _spoken_in(alert)
    for utterance in said:
        yield moment.Speech(
            utterance.start_s,
            utterance.end_s,
            utterance.text,
            "" if utterance.text else str(UNHEARD[utterance.state]),
            judgements.get(utterance.pk),
            is_subject=utterance.pk in raised_by,
        )


def _judgement(assessment: Assessment) -> moment.Judgement:
    category = "" if assessment.category == Category.NEUTRAL else assessment.get_category_display()
    return moment.Judgement(assessment.outcome, category, assessment.score, assessment.spans)


def _holes(live: Live, window: moment.Window) -> Iterable[moment.Hole]:
    for gap in live.gaps.filter(track=Track.MEDIA, from_s__lt=window.end_s, to_s__gt=window.start_s):
        yield moment.Hole(gap.from_s, gap.to_s, gap.cause)


@dataclass(frozen=True, slots=True)
class History:
    """The former alerts of a channel."""

    alerts: Sequence[Alert]
    total: int
    acted: int
    """How many of them were followed by an action."""


def history_of(membership: Membership, alert: Alert) -> History:
    """Return the other alerts of the channel, newest first."""
    others = alerts_for(membership).filter(live__channel=alert.live.channel_id).exclude(pk=alert.pk)
    counts = others.order_by().aggregate(total=Count("pk"), acted=Count("pk", filter=Q(state=AlertState.ACTION_TAKEN)))
    return History(list(others.order_by("-raised_at", "-pk")[:FORMER]), counts["total"], counts["acted"])


def decision_before(decision: Decision) -> Decision | None:
    """Return the decision that was in force before this one, None where there was none."""
    return decision.alert.decisions.filter(undone_at=None, pk__lt=decision.pk).order_by("-pk").first()


def undoable_by(membership: Membership, now: datetime) -> Decision | None:
    """Return the decision in force that a member took less than 10 s ago, None where there is none."""
    recent = Decision.objects.filter(
        alert__workspace=membership.workspace_id,
        decided_by=membership.user_id,
        undone_at=None,
        decided_at__gt=now - states.UNDO,
        alert__decision=F("pk"),
    )
    return recent.select_related("alert__workspace").order_by("-pk").first()
