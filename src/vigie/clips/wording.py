"""How clips are spoken of on screen: orders, states, what is wrong with a template, why a clip is gone."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.clips import operations
from vigie.clips.filenames import Flaw
from vigie.clips.models import ObsState
from vigie.errors import VigieError

ORDERS: Mapping[str, Promise] = {
    "newest": _("newest first"),
    "oldest": _("oldest first"),
    "longest": _("longest first"),
    "largest": _("largest first"),
    "risk": _("highest risk first"),
}
STATES: Mapping[str, Promise] = {
    "ready": _("ready"),
    "under-way": _("under way"),
    "failed": _("failed"),
}
FLAWS: Mapping[Flaw, Promise] = {
    Flaw.EMPTY: _("Write how clips are named."),
    Flaw.TOO_LONG: _("A template has 200 characters at most."),
    Flaw.BRACE: _("A brace opens or closes alone near “%(what)s”."),
    Flaw.FIELD: _("There is no field “%(what)s”: choose one of those that can be put in."),
    Flaw.SIGN: _("“%(what)s” cannot be in a name: some system takes no such sign."),
    Flaw.ABSOLUTE: _("A name stays inside the folder of the clips: it cannot begin with “%(what)s”."),
    Flaw.FOLDER: _("“%(what)s” between the slashes is no name."),
}
FIELDS: Mapping[str, Promise] = {
    "channel": _("the channel"),
    "chatter": _("who made the rule act"),
    "trigger": _("what made it act"),
    "date": _("the day"),
    "time": _("the time of day"),
    "ts": _("day and time in UTC, to the millisecond"),
    "seq": _("the number of the clip"),
    "score": _("the risk"),
    "viewers": _("how many watched"),
}
OBS_RINGS: Mapping[str, str] = {
    ObsState.OFF: "end",
    ObsState.CONNECTING: "unk",
    ObsState.READY: "ok",
    ObsState.BUFFER_OFF: "mute",
    ObsState.REFUSED: "norec",
    ObsState.AWAY: "lag",
}
"""Shapes of their states: no colour says anything alone."""
REMOVALS: Mapping[str, Promise] = {
    "person": _("Deleted"),
    "age": _("Deleted: it was old enough"),
    "room": _("Deleted: there was no room left"),
}
REFUSED: Mapping[type[VigieError], Promise] = {
    operations.ClipIsHeld: _("%(clip)s is held: nobody deletes it. Let it go first."),
    operations.ClipIsEvidence: _("%(clip)s shows what an alert is about: decide the alert first."),
    operations.AlreadyRemoved: _("%(clip)s was deleted already."),
    operations.TooLateToRestore: _("The 10 seconds are over: %(clip)s is gone."),
    operations.NoFile: _("%(clip)s has no file."),
    operations.NotFailed: _("%(clip)s did not fail: nothing is to be tried again."),
    operations.BadTags: _("%(clip)s would have too many or too long tags: 20 at most, of 40 characters each."),
}


def flaw(of: Flaw, what: str) -> str:
    """Return why something is not a template of names."""
    return str(FLAWS[of]) % {"what": what}


def refused(error: VigieError, clip: str) -> str:
    """Return why something was not done with a clip, in the reader's words."""
    return str(REFUSED[type(error)]) % {"clip": clip}
