"""Rules, what they would have done, and what they did, for programs."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Body, Field, Query, Router, Schema
from ninja.errors import AuthorizationError
from pydantic import AfterValidator

from vigie.people.api import NOT_ALLOWED, Asked, Id, Paged, allowed, page_of, reads_anew, refusing
from vigie.people.permissions import WorkspaceRequest
from vigie.rules import document, listings, operations, previewing, queries
from vigie.rules.brakes import Brake, Held
from vigie.rules.dryrun import stamp
from vigie.rules.listings import Line, Listed
from vigie.rules.models import Firing, Rule
from vigie.rules.operations import reading
from vigie.rules.permissions import may_edit_rules, may_publish_rules, may_read_texts, may_see_rules, may_turn_rules
from vigie.rules.previewing import Moment
from vigie.runtime import clock

router = Router(tags=["Rules"])

STALE = (operations.ChangedMeanwhile, operations.NameTaken, operations.NothingToPublish, operations.RuleIsGone)


def _as_utc(at: datetime) -> datetime:
    if not 1970 <= at.year <= 2999:
        raise ValueError("a date lies between 1970 and 2999")
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


Since = Annotated[datetime, AfterValidator(_as_utc)]
RuleData = Annotated[dict[str, Any], Field(description="A rule as in YAML, see the reference of rules.")]


class RuleOut(Schema):
    """A rule in the list."""

    number: int
    name: str
    mode: str
    version: int = Field(description="The version that says how it stands.")
    times: int = Field(description="How often it acted, or would have, within seven days.")
    last_at: datetime | None


class WholeRule(RuleOut):
    """A rule, with what its newest version says."""

    newest: int = Field(description="Its newest version: what `based_on` is to be.")
    rule: RuleData


class Rules(Schema):
    """The rules of a workspace, in their order."""

    items: list[RuleOut]


class Turn(Asked):
    """How a rule is to stand."""

    mode: Literal["trial", "active", "paused", "resume", "end_trial"]


class MomentOut(Schema):
    """When a rule would have acted, or held back."""

    at: str
    live: int | None
    channel_name: str | None
    at_s: float
    kind: str
    reason: str = Field(description="Why it would have held back; empty where it would have acted.")
    text: str | None = Field(description="What was written or said, for who may read it.")


class DryRun(Schema):
    """What a rule would have done in the lives of the last seven days."""

    times: int
    times_held: int
    lives: int
    is_all: bool = Field(description="Whether all that happened in these days was looked at.")
    held_by: dict[str, int]
    acted: list[MomentOut] = Field(description="The last five times.")
    held: list[MomentOut]


class FiringsAsked(Paged):
    """Which firings are looked for."""

    channel: Id | None = None
    rule: Id | None = Field(None, description="The number of a rule.")
    deed: Literal["acted", "tried", "held"] | None = None
    since: Since | None = Field(None, description="A date of no zone is UTC.")


class RunOut(Schema):
    """One action of a rule that acted."""

    action: str
    state: str
    reason: str


class FiringOut(Schema):
    """A rule matched: it acted, would have, or held back."""

    id: int
    at: datetime
    live: int
    channel: int
    channel_name: str
    at_s: float
    rule: int
    rule_name: str
    version: int
    deed: str
    reason: str = Field(description="Why it held back; empty otherwise.")
    count: int = Field(description="How often it held back for this reason within this minute.")
    value: int | None
    text: str | None = Field(description="What was written or said, for who may read it.")
    actions: list[RunOut]


class Firings(Schema):
    """A page of the log, the newest first."""

    items: list[FiringOut]
    next: int | None


# ── rules ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/rules", response=Rules, summary="List the rules and how they stand")
@allowed(may_see_rules)
def list_rules(request: WorkspaceRequest) -> Rules:
    """With what they did within seven days."""
    return Rules(items=[_rule(listed) for listed in listings.rules_listed(request.membership, clock.now())])


@router.post("/rules", response={201: WholeRule}, summary="Write a rule")
@allowed(may_edit_rules)
def add_rule(request: WorkspaceRequest, rule: Body[RuleData]) -> WholeRule:
    """It is a draft, which does nothing yet. 409: another rule has its name."""
    spec = document.read_one(rule)
    with refusing(409, operations.NameTaken):
        added = operations.add_rule(spec, actor=request.membership, now=clock.now())
    return _whole(request, added.number)


@router.get("/rules/yaml", summary="Get all rules as YAML", operation_id="export_rules")
@allowed(may_see_rules)
def export_rules(request: WorkspaceRequest) -> HttpResponse:
    """The newest versions, in one document, as the page exports them."""
    return _yaml(request)


@router.post(
    "/rules/import",
    response=Rules,
    summary="Take rules from YAML",
    openapi_extra={"requestBody": {"required": True, "content": {"application/yaml": {"schema": {"type": "string"}}}}},
)
@allowed(may_edit_rules)
def import_rules(request: WorkspaceRequest) -> Rules:
    """New rules, as drafts; one that has the name of a rule becomes its draft. All of them, or none."""
    try:
        text = request.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise document.BadRules("This is no text in UTF-8.") from None
    now = clock.now()
    made = operations.import_rules(document.read(text), actor=request.membership, now=now)
    numbers = {rule.number for rule in made}
    listed = listings.rules_listed(request.membership, now)
    return Rules(items=[_rule(one) for one in listed if one.rule.number in numbers])


@router.post("/rules/dry-run", response=DryRun, summary="Try a rule on the lives of the last seven days")
@allowed(may_edit_rules)
def dry_run(request: WorkspaceRequest, rule: Body[RuleData]) -> DryRun:
    """Saves nothing; the same as the preview in the editor. Who reads texts in it is accounted for."""
    found = previewing.preview(
        document.read_one({"name": "unnamed", **rule}), reader=request.membership, rule=None, now=clock.now(), zone=UTC
    )
    if may_read_texts(request.membership):
        reading.record_preview(None, request.membership)
    return DryRun(
        times=found.times,
        times_held=found.times_held,
        lives=len(found.recorded.lives),
        is_all=found.recorded.is_all,
        held_by={name: times for name, times in found.brakes.items() if name.upper() in Brake.__members__},
        acted=[_moment(moment) for moment in found.acted],
        held=[_moment(moment) for moment in found.held],
    )


@router.get("/rules/{int:number}", response=WholeRule, summary="Get a rule")
@allowed(may_see_rules)
def get_rule(request: WorkspaceRequest, number: int) -> WholeRule:
    """`rule` is what its newest version says, which may be a draft."""
    return _whole(request, number)


@router.get("/rules/{int:number}/yaml", summary="Get a rule as YAML")
@allowed(may_see_rules)
def export_rule(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Its newest version."""
    return _yaml(request, number=_found(request, number).number)


@router.put("/rules/{int:number}", response=WholeRule, summary="Change a rule")
@allowed(may_edit_rules)
def put_rule(request: WorkspaceRequest, number: int, based_on: int, rule: Body[RuleData]) -> WholeRule:
    """A draft is made, or changed; what is in force goes on. 409: `based_on` is not the newest; the name is taken."""
    spec, found = document.read_one(rule), _found(request, number)
    with refusing(409, *STALE):
        operations.save_draft(found, spec, based_on=based_on, actor=request.membership, now=clock.now())
    return _whole(request, number)


@router.post("/rules/{int:number}/turn", response=WholeRule, summary="Put a rule on trial, in force, to rest")
@allowed(may_edit_rules)
def turn_rule(request: WorkspaceRequest, number: int, wanted: Turn) -> WholeRule:
    """`trial` and `end_trial` need *rules.edit_rules* only, the others *rules.publish_rules*. 409: it cannot be."""
    if not may_turn_rules(request.membership, wanted.mode):
        raise AuthorizationError(message=NOT_ALLOWED)
    with refusing(409, *STALE), refusing(403, operations.NeedsSecondPerson):
        operations.turn(_found(request, number), wanted.mode, actor=request.membership, now=clock.now())
    return _whole(request, number)


@router.delete("/rules/{int:number}", response={204: None}, summary="Remove a rule")
@allowed(may_publish_rules)
def remove_rule(request: WorkspaceRequest, number: int) -> None:
    """What it did stays, and the page can bring it back."""
    with refusing(404, operations.RuleIsGone):
        operations.remove_rule(_found(request, number), actor=request.membership, now=clock.now())


# ── what they did ──────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/firings", response=Firings, summary="Read what the rules did", tags=["Log"])
@allowed(may_see_rules)
def list_firings(request: WorkspaceRequest, asked: Query[FiringsAsked]) -> Firings:
    """The log is a record: nothing is deleted from it. To begin anew, ask for what came `since`.

    Who reads texts in it is accounted for, once an hour.
    """
    if may_read_texts(request.membership) and reads_anew(request.membership, "log of rules"):
        reading.record_log(request.membership)
    found, after = page_of(_narrowed(listings.firings_for(request.membership), asked), asked)
    return Firings(items=[_firing(line) for line in listings.told(found, request.membership)], next=after)


def _narrowed(firings: QuerySet[Firing], asked: FiringsAsked) -> QuerySet[Firing]:
    wanted = {
        "live__channel": asked.channel,
        "version__rule__number": asked.rule,
        "deed": asked.deed,
        "at__gte": asked.since,
    }
    return firings.filter(**{name: value for name, value in wanted.items() if value is not None})


# ── as they are told ───────────────────────────────────────────────────────────────────────────────────────────────


def _found(request: WorkspaceRequest, number: int) -> Rule:
    return get_object_or_404(queries.rules_for(request.membership), number=number)


def _rule(listed: Listed) -> RuleOut:
    return RuleOut(
        number=listed.rule.number,
        name=listed.rule.name,
        mode=listed.version.mode,
        version=listed.version.version,
        times=listed.times,
        last_at=listed.last_at,
    )


def _whole(request: WorkspaceRequest, number: int) -> WholeRule:
    newest = listings.newest_version(_found(request, number))
    rules = listings.rules_listed(request.membership, clock.now())
    [listed] = [_rule(one) for one in rules if one.rule.number == number]
    return WholeRule(**listed.dict(), newest=newest.version, rule=newest.content)


def _yaml(request: WorkspaceRequest, *, number: int | None = None) -> HttpResponse:
    versions = listings.newest_versions(request.membership, number)
    text = document.write([queries.spec_of(version) for version in versions])
    return HttpResponse(text, content_type="application/yaml; charset=utf-8")


def _moment(moment: Moment) -> MomentOut:
    held, last, live = moment.outcome.held, moment.last, moment.live
    return MomentOut(
        at=stamp(moment.outcome.at),
        live=live.pk if live else None,
        channel_name=live.channel.name if live else None,
        at_s=last.at_s,
        kind=last.kind.value,
        reason=str(held) if held else "",
        text=last.text if moment.may_read else None,
    )


def _firing(line: Line) -> FiringOut:
    firing, rule = line.firing, line.firing.version.rule
    runs = sorted(firing.runs.all(), key=lambda run: run.position)
    return FiringOut(
        **{name: getattr(firing, name) for name in ("id", "at", "at_s", "deed", "count", "value")},
        live=firing.live_id,
        channel=firing.live.channel_id,
        channel_name=firing.live.channel.name,
        rule=rule.number,
        rule_name=rule.name,
        version=firing.version.version,
        reason=str(Held(Brake[firing.brake], firing.figures)) if firing.brake else "",
        text=line.happened.text if line.happened and line.may_read else None,
        actions=[RunOut(action=run.action, state=run.state, reason=run.reason) for run in runs],
    )
