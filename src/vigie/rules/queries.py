"""What can be read of rules, their versions and their firings."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from vigie.people.models import Membership
from vigie.people.presets import RULES
from vigie.rules import sources
from vigie.rules.actions import Fired
from vigie.rules.conditions import folded
from vigie.rules.document import read_one
from vigie.rules.models import IN_FORCE, Firing, Mode, Rule, RuleVersion
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Ruling
from vigie.watch.models import Channel


def has_rules(workspace_id: int) -> bool:
    """Return whether a workspace has any rule in force. One query."""
    return RuleVersion.objects.filter(mode__in=IN_FORCE, rule__workspace=workspace_id, rule__removed_at=None).exists()


def rules_for(membership: Membership) -> QuerySet[Rule]:
    """Return the rules of a workspace, in their order."""
    return Rule.objects.filter(workspace=membership.workspace_id, removed_at=None).order_by("number")


def versions_in_force() -> list[RuleVersion]:
    """Return the versions that look at what happens now, of all workspaces that use rules. One query."""
    found = RuleVersion.objects.filter(mode__in=IN_FORCE, rule__removed_at=None)
    versions = found.select_related("rule__workspace").order_by("rule__workspace", "rule__number", "version")
    return [version for version in versions if version.rule.workspace.has(RULES)]


def firings_of(rule: Rule) -> QuerySet[Firing]:
    """Return what all versions of a rule did, newest first."""
    return Firing.objects.filter(version__rule=rule).select_related("version", "live__channel").order_by("-at", "-pk")


def spec_of(version: RuleVersion) -> RuleSpec:
    """Return what a version says. Raises BadRules where this version of Vigie cannot read it."""
    return read_one(version.content)


def keywords_in_force(rule: Rule) -> int:
    """Return how many keywords the other rules in force of a workspace look for. One query."""
    others = RuleVersion.objects.filter(mode__in=IN_FORCE, rule__workspace=rule.workspace_id, rule__removed_at=None)
    contents = others.exclude(rule=rule).values_list("content", flat=True)
    return sum(keywords_in(content) for content in contents)


def keywords_in(content: Mapping[str, Any]) -> int:
    """Return how many keywords a version looks for, as it is stored."""
    conditions = [*content.get("if", ()), *content.get("unless", ())]
    return sum(len(condition.get("says", ())) for condition in conditions)


def rulings_of(versions: Iterable[RuleVersion], read: Callable[[RuleVersion], RuleSpec] = spec_of) -> list[Ruling]:
    """Return versions put in force, each under its own id. One query at most. Raises BadRules as `spec_of`."""
    specs = [(version, read(version)) for version in versions]
    named = {version.rule.workspace_id for version, spec in specs if spec.channels}
    channels = list(Channel.objects.filter(workspace__in=named)) if named else []
    return [
        Ruling(str(version.pk), spec, _channels(version, spec, channels), str(version.rule.workspace_id))
        for version, spec in specs
    ]


def _channels(version: RuleVersion, spec: RuleSpec, channels: Iterable[Channel]) -> frozenset[str] | None:
    """Return the ids of the channels that a rule names; None: all of the team's."""
    if not spec.channels:
        return None
    names = folded(spec.channels)
    return frozenset(
        str(channel.pk)
        for channel in channels
        if channel.workspace_id == version.rule.workspace_id and names & folded([channel.address, channel.name])
    )


def fired(firing_id: int) -> Fired:
    """Return a firing as its actions are told of it. Raises BadRules as `spec_of`."""
    firing = Firing.objects.select_related("version__rule__workspace", "live__channel__workspace").get(pk=firing_id)
    found = sources.of_keys((firing.live_id, key) for key in firing.refs)
    known = [found[firing.live_id, key] for key in firing.refs if (firing.live_id, key) in found]
    return Fired(firing, spec_of(firing.version), known)


def version_of(rule: Rule, *modes: Mode) -> RuleVersion | None:
    """Return the version of a rule that is in one of these modes."""
    return RuleVersion.objects.filter(rule=rule, mode__in=modes).first()
