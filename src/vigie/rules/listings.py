"""What the pages of rules list: rules with what they did lately, versions, the log in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from vigie.people.models import Membership
from vigie.risk.models import Assessment
from vigie.rules import previewing, queries, results, sources
from vigie.rules.kinds import When
from vigie.rules.models import Deed, Firing, Mode, Rule, RuleVersion
from vigie.rules.occurrences import Occurrence
from vigie.runtime.models import UNFINISHED
from vigie.speech.permissions import may_read_transcripts
from vigie.watch.models import Channel
from vigie.watch.permissions import may_read_chat

WEEK = timedelta(days=7)
STANDS = (Mode.TRIAL, Mode.ACTIVE, Mode.PAUSED, Mode.DRAFT)
"""How a rule is told to stand: as the first of these that it has a version of."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in the list."""

    rule: Rule
    version: RuleVersion
    """The one that says how it stands."""
    times: int
    """How often it acted, or would have, within seven days."""
    last_at: datetime | None


def rules_listed(reader: Membership, now: datetime) -> list[Listed]:
    """Return the rules of a workspace in their order. Three queries, however many there are."""
    rules = list(queries.rules_for(reader))
    versions: dict[int, dict[str, RuleVersion]] = defaultdict(dict)
    for version in RuleVersion.objects.filter(rule__in=rules).order_by("version"):
        versions[version.rule_id][version.mode] = version
    deeds = Firing.objects.filter(version__rule__in=rules).exclude(deed=Deed.HELD).order_by()
    counts = deeds.values_list("version__rule").annotate(times=Count("pk", Q(at__gt=now - WEEK)), last=Max("at"))
    counted = {rule_id: (times, last) for rule_id, times, last in counts}
    listed = []
    for rule in rules:
        standing = next((found for mode in STANDS if (found := versions[rule.pk].get(mode))), None)
        times, last_at = counted.get(rule.pk, (0, None))
        if standing:
            listed.append(Listed(rule, standing, times, last_at))
    return listed


def versions_by_mode(rule: Rule) -> dict[str, RuleVersion]:
    """Return the versions of a rule that are not over, by mode: at most one of each."""
    return {version.mode: version for version in rule.versions.exclude(mode=Mode.FORMER).select_related("author")}


def proposer_of(version: RuleVersion | None) -> Membership | None:
    """Return who proposed a version; None where nobody did, or they left."""
    if version is None or version.proposed_at is None:
        return None
    return Membership.objects.filter(workspace=version.rule.workspace_id, user=version.author).first()


def newest_version(rule: Rule) -> RuleVersion:
    """Return the newest version of a rule: there is one."""
    return rule.versions.select_related("author").order_by("-version")[0]


def newest_versions(reader: Membership, number: int | None = None) -> list[RuleVersion]:
    """Return the newest version of each rule of a workspace, or of one."""
    rules = queries.rules_for(reader)
    if number is not None:
        rules = rules.filter(number=number)
    last: dict[int, RuleVersion] = {}
    for version in RuleVersion.objects.filter(rule__in=rules).order_by("rule__number", "version"):
        last[version.rule_id] = version
    return list(last.values())


# ── the log ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """A firing as it is read."""

    firing: Firing
    happened: Occurrence | None
    """What made the rule act; None where it is gone."""
    judged: Assessment | None
    """What was made of its text."""
    may_read: bool
    results: Mapping[str, str]
    """Where what its actions made can be seen: addresses by action."""

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to be done."""
        return any(run.state in UNFINISHED for run in self.firing.runs.all())


def firings_for(reader: Membership) -> QuerySet[Firing]:
    """Return what the rules of a workspace did, newest first."""
    found = Firing.objects.filter(version__rule__workspace=reader.workspace_id)
    return found.select_related("version__rule", "live__channel").prefetch_related("runs").order_by("-at", "-pk")


def channels_of(reader: Membership) -> list[tuple[int, str]]:
    """Return the channels of a workspace, by name."""
    return list(Channel.objects.filter(workspace=reader.workspace_id).order_by("name").values_list("pk", "name"))


def told(firings: Sequence[Firing], reader: Membership) -> list[Line]:
    """Return firings with what made them act, as far as the reader may read it."""
    stored = sources.of_keys((firing.live_id, firing.trigger) for firing in firings)
    judged = previewing.judged_of([firing.trigger for firing in firings])
    made = results.of_firings(reader, [firing.pk for firing in firings if firing.deed == Deed.ACTED])
    chat, speech = may_read_chat(reader), may_read_transcripts(reader)
    lines = []
    for firing in firings:
        happened = stored.get((firing.live_id, firing.trigger)) or _wordless(firing)
        verdict = judged.get(firing.trigger)
        readable = happened is not None and (chat if previewing.is_of_chat(happened, verdict) else speech)
        lines.append(Line(firing, happened, verdict, readable, made.get(firing.pk, {})))
    return lines


def _wordless(firing: Firing) -> Occurrence | None:
    """Return what is known of a trigger that is no row; None of a row that is gone."""
    if firing.trigger.partition(":")[0] in {When.CHAT, When.SPEECH, When.ASSESSMENT}:
        return None
    return replace(sources.somewhere(firing), value=firing.value or 0)
