"""The file `tiktok_obs_config.json` of the TikTok Live Chat Detector, and what it becomes here.

Its streams become channels, its OBS an OBS, its keywords a rule that saves a replay. Doing it again changes nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from vigie.clips import operations as clips
from vigie.clips.models import ObsInstance
from vigie.clips.operations import ObsForm
from vigie.errors import VigieError
from vigie.notifications import operations as telling
from vigie.notifications.queries import preference_of
from vigie.people.models import Membership
from vigie.people.presets import PRESETS
from vigie.rules import operations as rules
from vigie.rules import queries
from vigie.rules.document import BadRules, read_one
from vigie.rules.models import Rule
from vigie.rules.spec import RuleSpec
from vigie.runtime.sealing import CannotUnseal, unseal
from vigie.watch import operations as watch
from vigie.watch.addresses import BadAddress, Place, place_of
from vigie.watch.models import Platform
from vigie.watch.operations import Label

MOST_BYTES = 1_000_000
RULE = "Chat keywords: save the replay"
OBS_NAME = "OBS"
HOST, PORT = "127.0.0.1", 4455
"""Where that program looked for OBS."""


class BadConfig(VigieError):
    """This is no configuration of the TikTok Live Chat Detector."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says."""

    streams: tuple[Place, ...]
    keywords: tuple[str, ...]
    obs_password: str = field(default="", repr=False)
    notifies: bool = False
    """Whether people were told in the page."""
    shown_s: int | None = None
    """For how long."""
    left_out: tuple[str, ...] = ()
    """Fields that mean nothing here."""

    @property
    def rule(self) -> RuleSpec | None:
        """The rule that does what that program did: a keyword anywhere in a message saves the replay."""
        if not self.keywords:
            return None
        data = {
            "name": RULE,
            "when": "chat",
            "channels": [place.address for place in self.streams],
            "if": [{"says": list(self.keywords), "place": "anywhere"}],
            "then": ["replay", *(["notify"] if self.notifies else [])],
        }
        try:
            return read_one(data)
        except BadRules as error:
            raise BadConfig(str(error)) from None


def parse(text: str) -> Config:
    """Return what a file says. Raises BadConfig."""
    if len(text) > MOST_BYTES:
        raise BadConfig("The file is larger than 1 MB.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"This is not JSON: {error}.") from None
    if not isinstance(data, dict) or not data.keys() & {"username", "keywords", "obs_password"}:
        raise BadConfig("This is no tiktok_obs_config.json: it has neither username, keywords nor obs_password.")
    password = data.get("obs_password") or ""
    if not isinstance(password, str):
        raise BadConfig("“obs_password” must be a text.")
    return Config(
        tuple(dict.fromkeys(_streams(data))),
        tuple(dict.fromkeys(_texts(data, "keywords"))),
        password,
        notifies=data.get("notifications_enabled") is True,
        shown_s=_seconds(data.get("notification_duration")),
        left_out=tuple(name for name in ("source_name",) if data.get(name)),
    )


def _streams(data: dict[str, Any]) -> Iterator[Place]:
    for name in _texts(data, "username"):
        try:
            yield place_of(name, Platform.TIKTOK)
        except BadAddress as error:
            raise BadConfig(f"“username”: {error}") from None


def _seconds(given: object) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < 10**6:
        raise BadConfig("“notification_duration” must be a number of seconds.")
    return round(given)


def _texts(data: dict[str, Any], name: str) -> list[str]:
    """Return a field that is a list, or a text with commas."""
    given = data.get(name) or []
    entries = given.split(",") if isinstance(given, str) else given
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise BadConfig(f"“{name}” must be a text, or a list of texts.")
    return [entry.strip() for entry in entries if entry.strip()]


# ── taking it over ─────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def take_over(config: Config, *, actor: Membership, now: datetime) -> list[str]:
    """Return what was made of a configuration, one line each; nothing where all of it was there.

    Raises BadConfig and what the operations raise, changing nothing.
    """
    done = [line for place in config.streams for line in _channel(place, actor, now)]
    if config.obs_password or config.keywords:
        done += _obs(config, actor, now)
    if config.shown_s is not None:
        done += _shown(config.shown_s, actor)
    if config.rule:
        done += _rule(config.rule, actor, now)
    return done


def _channel(place: Place, actor: Membership, now: datetime) -> Iterator[str]:
    try:
        channel = watch.add_channel(actor.workspace, place, Label(f"@{place.address}", "fr"), actor=actor, now=now)
    except watch.AlreadyAdded:
        return
    watch.start_watching(channel, actor=actor)
    yield f"channel @{place.address}: added and watched"


def _shown(seconds: int, actor: Membership) -> Iterator[str]:
    former = preference_of(actor).shown_s
    telling.show_for(actor, seconds)
    if (shown_s := preference_of(actor).shown_s) != former:
        yield f"notifications of {actor.user.username}: stay for {shown_s} s"


def _obs(config: Config, actor: Membership, now: datetime) -> Iterator[str]:
    known = ObsInstance.objects.filter(
        workspace=actor.workspace_id, removed_at=None, host__in=[HOST, "localhost"], port=PORT
    ).first()
    if known and _password_of(known) == config.obs_password:
        return
    name = known.name if known else OBS_NAME
    clips.save_obs(ObsForm(name, HOST, PORT, password=config.obs_password), actor=actor, now=now, obs=known)
    yield f"OBS at {HOST}:{PORT}: {'password changed' if known else 'added'}"


def _password_of(obs: ObsInstance) -> str | None:
    try:
        return unseal(obs.sealed_password) if obs.sealed_password else ""
    except CannotUnseal:
        return None


def _rule(spec: RuleSpec, actor: Membership, now: datetime) -> Iterator[str]:
    known = queries.rules_for(actor).filter(name=spec.name).first()
    if known and known.versions.order_by("-version")[0].content == spec.as_data():
        return
    [rule] = rules.import_rules([spec], actor=actor, now=now)
    yield f"rule {rule.number}, “{rule.name}”: {_stand(rule, actor, now)}"


def _stand(rule: Rule, actor: Membership, now: datetime) -> str:
    """Put a rule in force, unless a second person has to; return how it stands."""
    if PRESETS[actor.workspace.preset].separates_duties:
        return "a draft, for a second person to put in force"
    rules.put_in_force(rule, actor=actor, now=now)
    return "in force"
