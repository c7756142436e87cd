"""What is known of a stretch of a live: what its lanes draw, what a selection holds. As many queries for any length."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from django.db.models import F, IntegerField, Max, Q, Sum
from django.db.models.functions import Cast, Floor
from django.utils.translation import gettext

from vigie.clips.models import Clip
from vigie.clips.permissions import may_see_clips
from vigie.people import presets
from vigie.people.models import Membership
from vigie.risk.models import Assessment, Outcome, Subject
from vigie.rules.models import Firing
from vigie.rules.permissions import may_see_rules
from vigie.rules.wording import brake_words
from vigie.site import lanes, queries
from vigie.site.lanes import CELLS, SAMPLE_S, Bars, Count, Curve, Frame, Moment, Pin, Tick
from vigie.site.queries import Line
from vigie.site.strips import Run, Scored, Strip, Window, strip
from vigie.speech import queries as speech
from vigie.speech.permissions import may_read_transcripts
from vigie.watch import queries as watch
from vigie.watch.models import Gap, Live, LiveMark, LiveSample, MarkKind, Track
from vigie.watch.permissions import may_read_chat
from vigie.watch.queries import ChatPage

MOST_MARKS = 200
"""Of a window; the last ones are shown."""
MOST_LINES = 200
"""Of a selection; the transcript has them all."""
ROWS = 30
"""Of the table behind the lanes."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader may see of a live."""

    has_words: bool
    has_chat: bool
    """What is written in its chat."""
    has_audience: bool
    """How much is written: the team reads chats, and the live has one."""
    has_clips: bool = False
    has_rules: bool = False
    """What rules did; not what they did it on."""


def sight_of(reader: Membership, live: Live) -> Sight:
    """Return what a member may see of a live of their team."""
    has_audience = reader.workspace.has(presets.CHAT) and live.channel.is_detected
    has_chat = has_audience and may_read_chat(reader)
    has_words = may_read_transcripts(reader)
    return Sight(has_words, has_chat, has_audience, may_see_clips(reader), may_see_rules(reader))


@dataclass(frozen=True, slots=True)
class Hole:
    """A gap as it is drawn."""

    run: Run
    gap: Gap


@dataclass(frozen=True, slots=True)
class Drawn:
    """The lanes of a live; those that it does not have, or the reader may not see, are None."""

    frame: Frame
    edge_s: float
    whole: Frame
    shown: Run
    """Where the frame lies in the whole."""
    overview: Curve | Bars | Strip | None
    viewers: Curve | None
    chat: Bars | None
    risk: Strip | None
    rules: tuple[Pin, ...] | None
    pins: tuple[Pin, ...]
    clips: tuple[Pin, ...] | None
    holes: tuple[Hole, ...]
    ticks: tuple[Tick, ...]

    @property
    def overview_kind(self) -> str:
        """How the whole live is drawn: `viewers`, `chat`, `risk`, or nothing."""
        kinds = {Curve: "viewers", Bars: "chat", Strip: "risk"}
        return kinds.get(type(self.overview), "")

    @property
    def chat_holes(self) -> list[Hole]:
        """What was not received of the chat."""
        return [hole for hole in self.holes if hole.gap.track == Track.CHAT]

    @property
    def media_holes(self) -> list[Hole]:
        """What was not heard."""
        return [hole for hole in self.holes if hole.gap.track == Track.MEDIA]

    @property
    def lost_s(self) -> float:
        """Seconds of the frame that were not received; sound and chat are counted apart, the longer one told."""
        return max(self._lost_s(self.chat_holes), self._lost_s(self.media_holes))

    def _lost_s(self, holes: list[Hole]) -> float:
        clipped = (min(one.gap.to_s, self.frame.to_s) - max(one.gap.from_s, self.frame.from_s) for one in holes)
        return sum(clipped)


def drawn(live: Live, frame: Frame, edge_s: float, sight: Sight) -> Drawn:
    """Return the lanes of a frame of a live that reaches to `edge_s`. Eight queries at most."""
    whole = lanes.framed(edge_s, from_s=None, to_s=None, scale="all")
    counts = counted(live, frame, frame.step_s) if live.channel.is_detected else []
    holes = _holes(live, frame, sight)
    return Drawn(
        frame=frame,
        edge_s=edge_s,
        whole=whole,
        shown=whole.run(frame.from_s, frame.to_s),
        overview=_overview(live, whole, sight),
        viewers=lanes.curve(frame, counts) if live.channel.is_detected else None,
        chat=lanes.bars(frame, counts) if sight.has_audience else None,
        risk=risk_of(live, frame, holes) if sight.has_words else None,
        rules=lanes.pins(frame, _firings(live, frame)) if sight.has_rules else None,
        pins=lanes.pins(frame, _moments(live, frame, sight)),
        clips=lanes.pins(frame, _clips(live, frame)) if sight.has_clips else None,
        holes=holes,
        ticks=lanes.ticks(frame),
    )


def _overview(live: Live, whole: Frame, sight: Sight) -> Curve | Bars | Strip | None:
    """Return the whole live by its viewers; by its chat, or its risk, where nobody counts them."""
    if live.channel.is_detected:
        counts = counted(live, whole, whole.step_s)
        curve = lanes.curve(whole, counts)
        if curve.last is not None or not sight.has_audience:
            return curve
        return lanes.bars(whole, counts)
    return risk_of(live, whole) if sight.has_words else None


def counted(live: Live, frame: Frame, step_s: int) -> list[Count]:
    """Return what was counted in each step that begins in a frame, in order; the database adds up. One query."""
    first_s = frame.from_s // step_s * step_s
    samples = LiveSample.objects.filter(live=live, at_s__gte=first_s, at_s__lt=frame.to_s)
    steps = samples.annotate(place=F("at_s") / step_s).values("place").order_by("place")
    found = steps.annotate(watched=Max("viewers"), written=Sum("messages"))
    return [Count(row["place"] * step_s, row["watched"], row["written"]) for row in found]


def risk_of(live: Live, frame: Frame, holes: Sequence[Hole] = ()) -> Strip:
    """Return the risk of a frame. Two queries."""
    waiting = speech.waiting_in([live.pk]).get(live.pk, [])
    gaps = [(hole.gap.from_s, hole.gap.to_s) for hole in holes if hole.gap.track == Track.MEDIA]
    window = Window(frame.from_s, frame.to_s, CELLS)
    return strip(window, scores=scored(live, frame, CELLS), waiting=waiting, gaps=gaps)


def scored(live: Live, frame: Frame, cells: int) -> list[Scored]:
    """Return the highest score of what was said, for each run of cells that something took; the database sorts them."""
    cell_s = frame.length_s / cells

    def cell_of(name: str) -> Cast:
        return Cast(Floor((F(name) - frame.from_s) / cell_s), IntegerField())

    judged = Assessment.objects.filter(
        live=live, of=Subject.UTTERANCE, outcome=Outcome.ANALYSED, start_s__lt=frame.to_s, end_s__gte=frame.from_s
    )
    found = judged.annotate(first=cell_of("start_s"), last=cell_of("end_s")).values("first", "last").order_by()
    return [
        (_middle(frame, row["first"], cell_s), _middle(frame, row["last"], cell_s), row["highest"])
        for row in found.annotate(highest=Max("score"))
    ]


def _middle(frame: Frame, cell: int, cell_s: float) -> float:
    return frame.from_s + (cell + 0.5) * cell_s


def _holes(live: Live, frame: Frame, sight: Sight) -> tuple[Hole, ...]:
    gaps = Gap.objects.filter(live=live, to_s__gte=frame.from_s, from_s__lte=frame.to_s).order_by("from_s")
    if not sight.has_audience:
        gaps = gaps.filter(track=Track.MEDIA)
    return tuple(Hole(frame.run(gap.from_s, gap.to_s), gap) for gap in gaps)


def marks_of(live: Live, frame: Frame, sight: Sight) -> list[LiveMark]:
    """Return the last marks of a frame that a reader may see, in order. One query."""
    kinds = [
        *([MarkKind.BURST] if sight.has_audience else []),
        *([MarkKind.PERSON] if sight.has_words or sight.has_chat else []),
        *([MarkKind.PLATFORM] if sight.has_chat else []),
    ]
    found = LiveMark.objects.filter(live=live, kind__in=kinds, to_s__gte=frame.from_s, from_s__lte=frame.to_s)
    return list(found.select_related("placed_by").order_by("-from_s", "-pk")[:MOST_MARKS])[::-1]


def _moments(live: Live, frame: Frame, sight: Sight) -> list[Moment]:
    return [Moment(mark.from_s, mark.to_s, said_of(mark), mark.kind, mark.pk) for mark in marks_of(live, frame, sight)]


def _firings(live: Live, frame: Frame) -> list[Moment]:
    """Return what rules did last in a frame, by the rules' names; where they held back, with the reason."""
    found = Firing.objects.filter(live=live, at_s__gte=frame.from_s, at_s__lte=frame.to_s)
    last = found.select_related("version__rule").order_by("-at_s", "-pk")[:MOST_MARKS]
    return [Moment(one.at_s, one.at_s, _told(one), one.deed, one.pk) for one in last]


def _told(firing: Firing) -> str:
    rule = str(firing.version.rule)
    return f"{rule} · {brake_words(firing.brake, firing.figures)}" if firing.brake else rule


def _clips(live: Live, frame: Frame) -> list[Moment]:
    """Return the last clips that show something of a frame, by the numbers that people know them by."""
    found = Clip.objects.filter(live=live, removed_at=None, from_s__lte=frame.to_s, to_s__gte=frame.from_s)
    rows = found.order_by("-from_s", "-pk").values_list("from_s", "to_s", "seq", "state", "pk")[:MOST_MARKS]
    return [Moment(from_s, to_s, f"C-{seq}", state, pk) for from_s, to_s, seq, state, pk in rows]


def said_of(mark: LiveMark) -> str:
    """Return what is written beside a mark: `M-03: listen again`."""
    if mark.kind == MarkKind.PERSON and mark.placed_by:
        alias = mark.placed_by.alias
        return gettext("%(alias)s: %(label)s") % {"alias": alias, "label": mark.label} if mark.label else alias
    return mark.label or str(mark.get_kind_display())


# ── the table ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TableRow:
    """A part of a frame, in figures; None is not known, or nothing."""

    at_s: float
    viewers: int | None = None
    a_minute: int | None = None
    peak: float | None = None


def table_of(live: Live, frame: Frame, sight: Sight) -> list[TableRow]:
    """Return a frame in `ROWS` rows at most, in figures. Two queries."""
    step_s = SAMPLE_S * max(1, ceil(frame.length_s / SAMPLE_S / ROWS))
    first_s = int(frame.from_s // step_s * step_s)
    steps = ceil((frame.to_s - first_s) / step_s)
    whole = Frame(first_s, first_s + steps * step_s)
    counts = {count.at_s: count for count in counted(live, frame, step_s)} if live.channel.is_detected else {}
    scores = strip_peaks(scored(live, whole, steps), whole, steps) if sight.has_words else {}
    rows = []
    for step in range(steps):
        at_s = first_s + step * step_s
        count = counts.get(at_s, Count(at_s))
        pace = round(count.messages * 60 / step_s) if sight.has_audience else None
        rows.append(TableRow(at_s, count.viewers, pace, scores.get(step)))
    return rows


def strip_peaks(scores: Sequence[Scored], frame: Frame, cells: int) -> dict[int, float]:
    """Return the highest score of each cell that something was said in."""
    cell_s = frame.length_s / cells
    peaks: dict[int, float] = {}
    for start_s, end_s, score in scores:
        for cell in range(int((start_s - frame.from_s) // cell_s), int((end_s - frame.from_s) // cell_s) + 1):
            peaks[cell] = max(peaks.get(cell, 0.0), score)
    return peaks


# ── a selection ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Picked:
    """What a selection holds, as far as its reader may see it."""

    live: Live
    from_s: float
    to_s: float
    sight: Sight

    @property
    def length_s(self) -> float:
        """How long it is, in seconds; tenths count."""
        return round(self.to_s - self.from_s, 1)

    @cached_property
    def utterances(self) -> int | None:
        """How many were said; None for who may not read them."""
        said = speech.said_in(self.live).filter(self._inside)
        return said.count() if self.sight.has_words else None

    @cached_property
    def messages(self) -> int | None:
        """How many were written; None where the chat is not read."""
        if not self.sight.has_chat:
            return None
        return watch.count_between(self.live, self.from_s, self.to_s)

    @cached_property
    def peak(self) -> float | None:
        """The highest score; None where nothing was judged."""
        judged = Assessment.objects.filter(self._inside, live=self.live, of=Subject.UTTERANCE)
        found = judged.filter(outcome=Outcome.ANALYSED).aggregate(peak=Max("score"))
        return found["peak"] if self.sight.has_words else None

    @cached_property
    def lines(self) -> list[Line]:
        """What was said and what was not heard, in order."""
        if not self.sight.has_words:
            return []
        return queries.lines_between(self.live, self.from_s, self.to_s, most=MOST_LINES)

    @cached_property
    def chat(self) -> ChatPage:
        """What was written, its first lines."""
        if not self.sight.has_chat:
            return ChatPage([], has_more=False)
        return watch.chat_between(self.live, self.from_s, self.to_s, most=MOST_LINES)

    @property
    def _inside(self) -> Q:
        return Q(start_s__lt=self.to_s, end_s__gt=self.from_s)
