"""How rules are spoken of on screen."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vigie.events import Badge
from vigie.risk.models import Category
from vigie.rules.brakes import Brake
from vigie.rules.kinds import Scope, When
from vigie.rules.matching import BadKeyword, KeywordFlaw, Place
from vigie.rules.occurrences import Occurrence
from vigie.rules.patterns import BadPattern, PatternFlaw
from vigie.rules.spec import Day

WHEN: Mapping[str, Promise] = {
    When.CHAT: _("somebody writes in the chat"),
    When.GIFT: _("somebody gives something"),
    When.LIKE: _("somebody likes"),
    When.JOIN: _("somebody arrives"),
    When.FOLLOW: _("somebody follows"),
    When.SHARE: _("somebody shares"),
    When.SUBSCRIPTION: _("somebody subscribes"),
    When.RAID: _("a raid arrives"),
    When.SPEECH: _("something is said"),
    When.ASSESSMENT: _("a text is analysed"),
    When.VIEWERS: _("viewers are counted"),
    When.LIKES: _("likes are counted"),
    When.HYPE: _("the chat gets excited"),
    When.LIVE_STARTED: _("a live starts"),
    When.LIVE_ENDED: _("a live ends"),
    When.WAVE: _("a wave of accounts is found"),
}
CONDITIONS: Mapping[str, Promise] = {
    "says": _("words"),
    "matches": _("pattern"),
    "role": _("role"),
    "user": _("person"),
    "value": _("value"),
    "viewers": _("viewers"),
    "reaches": _("reaches"),
    "every": _("each time"),
    "drops": _("drops by"),
    "burst": _("burst"),
    "strength": _("strength"),
    "score": _("severity"),
    "category": _("category"),
    "target": _("target"),
}
PLACES: Mapping[str, Promise] = {
    Place.WORD: _("as a word"),
    Place.ANYWHERE: _("anywhere"),
    Place.PREFIX: _("at the beginning"),
    Place.EXACT: _("alone"),
}
ROLES: Mapping[str, Promise] = {
    Badge.BROADCASTER: _("broadcaster"),
    Badge.MODERATOR: _("moderator"),
    Badge.SUBSCRIBER: _("subscriber"),
    Badge.FOLLOWER: _("follower"),
    Badge.VIP: _("VIP"),
}
SCOPES: Mapping[str, Promise] = {
    Scope.RULE: _("rule"),
    Scope.CHANNEL: _("channel"),
    Scope.USER: _("person"),
    Scope.TARGET: _("target"),
}
DAYS: Mapping[str, Promise] = {
    Day.MON: _("Monday"),
    Day.TUE: _("Tuesday"),
    Day.WED: _("Wednesday"),
    Day.THU: _("Thursday"),
    Day.FRI: _("Friday"),
    Day.SAT: _("Saturday"),
    Day.SUN: _("Sunday"),
}
MODES: Mapping[str, Promise] = {
    "draft": pgettext_lazy("rule", "Draft"),
    "trial": pgettext_lazy("rule", "Trial"),
    "active": pgettext_lazy("rule", "Active"),
    "paused": pgettext_lazy("rule", "Paused"),
}
"""How a rule stands."""
BRAKES_ADDED: Mapping[str, Promise] = {
    "unless": _("Exception"),
    "rest": _("Rest"),
    "quorum": _("Quorum"),
    "schedule": _("Schedule"),
}
"""What may be added to hold a rule back."""
EXAMPLES: Mapping[str, tuple[Promise, Promise]] = {
    "clip": (_("“clip” in the chat"), _("two people ask for it: the moment is cut")),
    "grave": (_("Grave words"), _("a text of high severity, in front of many: a clip, and you are told")),
    "hype": (_("The chat gets excited"), _("the seconds before it are cut")),
    "gift": (_("A large gift"), _("cut and marked")),
    "drop": (_("Viewers leave"), _("you are told")),
}
"""What rules to begin with are called, and what they do; keys as in `rules.editing.EXAMPLES`."""
TURNED: Mapping[str, Promise] = {
    "trial": _("On trial: it notes what it would do."),
    "active": _("In force from now on."),
    "paused": _("Paused."),
    "resume": _("In force again."),
    "end_trial": _("The trial is over."),
}
REFUSALS: Mapping[str, Promise] = {
    "DoesNothing": _("This rule does nothing: give it an action, or put it on trial."),
    "NameTaken": _("Another rule has this name: give yours another one."),
    "NeedsSecondPerson": _("Somebody else puts it in force: whoever wrote a version does not publish it here."),
    "NothingToPublish": _("Somebody else changed this rule meanwhile."),
    "RuleIsGone": _("Somebody removed this rule meanwhile."),
    "TooManyKeywords": _("All rules in force have 50,000 keywords at most. Let another rule rest first."),
}
"""By the name of the error."""
OPTIONS: Mapping[str, Promise] = {
    "before": _("before"),
    "after": _("after"),
    "name": _("name"),
    "label": _("label"),
    "text": _("text"),
    "severity": _("severity"),
    "webhook": _("webhook"),
    "obs": _("OBS"),
}
"""What actions are told, see `rules.actions`."""
USUAL: Mapping[str, Promise] = {
    "before": _("as usual"),
    "after": _("as usual"),
    "name": _("as usual"),
    "label": _("the name of the rule"),
    "text": _("the name of the rule"),
    "severity": _("as judged"),
    "obs": _("all"),
    "webhook": _("its address"),
}
"""What stands in an option that is left empty."""
ICONS: Mapping[str, str] = {
    "clip": "clips",
    "replay": "frame",
    "mark": "star",
    "alert": "queue",
    "notify": "bell",
    "webhook": "link",
}
"""Drawings of `icons.svg`, by action."""
DONE: Mapping[str, Promise] = {
    "clip": _("clip"),
    "replay": _("OBS replay"),
    "mark": _("mark"),
    "alert": _("alert"),
    "notify": _("team told"),
    "webhook": _("webhook called"),
}
"""What actions did, in a word or two."""
BRAKES: Mapping[Brake, Promise] = {
    Brake.HISTORY: _("History: before Vigie was connected"),
    Brake.EXCEPT: _("Exception: %(which)s"),
    Brake.QUORUM: _("Quorum: %(people)d of %(needed)d"),
    Brake.SCHEDULE: _("Schedule: not in force then"),
    Brake.COOLDOWN: _("Rest: acted %(ago)s ago"),
    Brake.HOURLY_CAP: _("Cap: %(cap)d times within the hour"),
}
CHOICES: Mapping[str, Sequence[tuple[str, str | Promise]]] = {
    "when": list(WHEN.items()),
    "places": list(PLACES.items()),
    "roles": list(ROLES.items()),
    "days": list(DAYS.items()),
    "categories": list(Category.choices),
}
_WORDLESS: Mapping[When, Promise] = {
    When.VIEWERS: _("%(value)d viewers"),
    When.LIKES: _("%(value)d likes"),
    When.HYPE: _("%(value)d people wrote within 5 s"),
    When.RAID: _("a raid of %(value)d"),
    When.LIKE: _("%(count)d likes"),
}
FLAWS: Mapping[str, Promise] = {
    "missing": _("This is needed."),
    "extra_forbidden": _("There is no such field."),
    "string_too_short": _("This is needed."),
    "string_too_long": _("This is too long: at most %(max_length)d characters."),
    "too_short": _("Name at least one."),
    "too_long": _("These are too many: at most %(max_length)d."),
    "enum": _("Choose one of the list."),
    "int_parsing": _("This must be a whole number."),
    "int_type": _("This must be a whole number."),
    "int_from_float": _("This must be a whole number."),
    "float_parsing": _("This must be a number."),
    "float_type": _("This must be a number."),
    "finite_number": _("This must be a number."),
    "greater_than": _("This must be more than %(gt)s."),
    "greater_than_equal": _("This must be at least %(ge)s."),
    "less_than_equal": _("This must be at most %(le)s."),
    "time_parsing": _("This must be a time of day, such as 18:30."),
    "no_condition": _("Choose one of the list."),
    "no_action": _("Choose one of the list."),
    "no_duration": _("%(what)s is no duration of at most a day: write 30 s, 2 min or 1 h."),
    "no_share": _("“%(given)s” is no share: write 0.3 or 30 %%."),
    "no_zone": _("“%(given)s” is no time zone."),
    "no_time_of_day": _("“%(given)s” is no time of day: write 18:30."),
    "nothing_between": _("Nothing is at least %(least)s and at most %(most)s."),
    "not_asked_of": _("“%(name)s” cannot be asked of “%(when)s”."),
    "counts": _("“%(name)s” counts: it can only stand below “If”."),
    "no_scope": _("“%(when)s” tells of no %(scope)s: the rule cannot rest for one."),
    "all_the_time": _("This happens all the time: say what it reaches, or how far it drops."),
}
"""By the type of an error of pydantic."""
KEYWORD_FLAWS: Mapping[KeywordFlaw, Promise] = {
    KeywordFlaw.EMPTY: _("“%(text)s” holds nothing to look for."),
    KeywordFlaw.TOO_LONG: _("“%(text)s…” has %(count)d characters; a keyword has at most %(limit)d."),
    KeywordFlaw.TOO_SHORT: _("“%(text)s” is too short to be looked for loosely: at least %(limit)d characters."),
    KeywordFlaw.TOO_MANY: _("A rule has at most %(limit)d keywords, not %(count)d."),
    KeywordFlaw.TOO_MANY_IN_ALL: _("All rules have at most %(limit)d keywords, not %(count)d."),
    KeywordFlaw.TOO_LARGE_IN_ALL: _("The keywords of all rules are too long together."),
}
PATTERN_FLAWS: Mapping[PatternFlaw, Promise] = {
    PatternFlaw.TOO_LONG: _("The pattern has %(count)d characters; at most %(limit)d."),
    PatternFlaw.WRONG: _("The pattern cannot be used: %(why)s"),
    PatternFlaw.EVERYWHERE: _("The pattern is found in every text: it may stand for nothing at all."),
}


def flaw_words(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a field, in the reader's language."""
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, BadKeyword):
        return str(KEYWORD_FLAWS[cause.flaw]) % cause.values
    if isinstance(cause, BadPattern):
        return str(PATTERN_FLAWS[cause.flaw]) % cause.values
    kind = str(error["type"])
    if kind in {"too_short", "too_long"} and isinstance(error.get("input"), str):
        kind = f"string_{kind}"
    known = FLAWS.get(kind)
    return str(known) % _in_words(context) if known else f"{cause or error['msg']}"


def _in_words(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a flaw, with conditions, events and scopes as they are called on screen."""
    called = {"name": CONDITIONS, "when": WHEN, "scope": SCOPES}
    return {key: called[key].get(value, value) if key in called else value for key, value in context.items()}


def brake_words(brake: str, figures: Mapping[str, Any]) -> str:
    """Return why a rule held back, in the reader's language."""
    kind = Brake[brake]
    values = dict(figures)
    if "which" in values:
        values["which"] = CONDITIONS.get(str(values["which"]), values["which"])
    return str(BRAKES[kind]) % values


def event_words(happened: Occurrence) -> str:
    """Return what happened, where it has no words of its own."""
    numbers = {"value": happened.value, "count": happened.count}
    return str(_WORDLESS.get(happened.kind, WHEN[happened.kind])) % numbers
