"""What rules can do with clips: `clip` cuts the moment out of the live, `replay` lets an OBS save its replay."""

from pydantic import Field, field_validator

from vigie.clips import operations, queries
from vigie.clips.filenames import DEFAULT, BadTemplate, Template
from vigie.clips.models import ObsInstance
from vigie.clips.operations import AlreadyAsked, Wish
from vigie.errors import VigieError
from vigie.risk.models import Assessment
from vigie.rules.actions import Fired
from vigie.rules.conditions import Value
from vigie.rules.durations import Lead
from vigie.rules.kinds import When
from vigie.runtime import clock
from vigie.watch.models import Chatter

LONGEST_WORDS = 60


class NoSuchObs(VigieError):
    """There is no OBS of that name in this workspace."""


class _Named(Value):
    """How a clip is called, and how much of the live it shows."""

    before: Lead | None = Field(None, le=300)
    """Seconds before the moment; as the workspace has it where it is not said."""
    after: Lead | None = Field(None, le=300)
    name: str = ""
    """A template of `clips.filenames`."""

    @field_validator("name")
    @classmethod
    def _usable(cls, name: str) -> str:
        try:
            Template.parse(name or DEFAULT)
        except BadTemplate as error:
            raise ValueError(str(error)) from error  # what pydantic takes for a flaw
        return name


class ClipOptions(_Named):
    """What `clip` is told."""


class ReplayOptions(_Named):
    """What `replay` is told."""

    obs: str = ""
    """By name; empty: each OBS of the workspace that is used."""


def cut_clip(fired: Fired, options: ClipOptions) -> None:
    """Ask for the moment as a clip."""
    operations.request_clip(_wish(fired, options), by=None, now=clock.now())


def save_replay(fired: Fired, options: ReplayOptions) -> None:
    """Ask each OBS that is meant, and was not asked yet, for its replay. Raises NoSuchObs, AlreadyAsked."""
    used = ObsInstance.objects.filter(workspace=fired.firing.live.channel.workspace_id, removed_at=None, is_used=True)
    wanted = list(used.filter(name=options.obs) if options.obs else used)
    if not wanted:
        raise NoSuchObs(f"No OBS named “{options.obs}” is in use." if options.obs else "No OBS is in use.")
    asked = set(fired.firing.clips.exclude(obs=None).values_list("obs", flat=True))
    if asked.issuperset(obs.pk for obs in wanted):
        raise AlreadyAsked
    for obs in wanted:
        if obs.pk not in asked:
            operations.request_clip(_wish(fired, options, obs), by=None, now=clock.now())


def _wish(fired: Fired, options: _Named, obs: ObsInstance | None = None) -> Wish:
    firing, last = fired.firing, fired.last
    usual = queries.settings_of(firing.live.channel.workspace_id)
    before_s = usual.before_s if options.before is None else options.before
    after_s = usual.after_s if options.after is None else options.after
    return Wish(
        live=firing.live,
        at_s=firing.at_s,
        from_s=firing.since_s - before_s,
        to_s=firing.at_s + after_s,
        template=options.name or usual.template,
        author=_author(fired),
        trigger=_trigger(fired),
        obs=obs,
        firing=firing,
        assessment=_assessment(fired),
        score=last.score if last else None,
        viewers=last.viewers if last else None,
    )


def _author(fired: Fired) -> Chatter | None:
    """Return who made the rule act; None where nobody of the audience did, or they were erased."""
    user = fired.last.user if fired.last else ""
    return Chatter.objects.filter(pk=int(user)).first() if user else None


def _trigger(fired: Fired) -> str:
    """Return what made the rule act, in a word or two: the keyword that was found, else the rule itself."""
    return fired.words[:LONGEST_WORDS] or fired.rule.name


def _assessment(fired: Fired) -> Assessment | None:
    keys = [happened.key for happened in fired.occurrences if happened.kind is When.ASSESSMENT]
    ids = [int(key.partition(":")[2]) for key in keys]
    return Assessment.objects.filter(pk__in=ids).last() if ids else None
