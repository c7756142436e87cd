"""Why a clip failed, waits, or is not what was asked for, in the reader's words. Rows keep the English."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from vigie.clips.placing import Reason

NOT_KEPT = gettext_noop("This moment was not kept: Vigie did not receive the pictures of this live then.")
INTERRUPTED = gettext_noop("Vigie was stopped while this clip was being saved.")
LOST = gettext_noop("The program ended each time while it was at work on this clip.")
OBS_AWAY = gettext_noop("OBS was not reached in time: its replay would show another moment.")
TOO_LONG = gettext_noop("A clip has ten minutes at most: what came before them was left out.")
STARTS_LATE = gettext_noop("The first {} seconds asked for were not kept any more.")
ENDS_EARLY = gettext_noop("The last {} seconds asked for did not come.")
DAMAGED = gettext_noop("Parts of it cannot be decoded.")
NOT_MP4 = gettext_noop("OBS saved it in a format that not every browser plays: choose MP4 in its settings.")
OTHER_NAME = gettext_noop("Its name could not be made as the template says.")
NO_FILE = gettext_noop("The file of this clip is gone.")
PLACING: Mapping[Reason, str] = {
    Reason.ESCAPES: OTHER_NAME,
    Reason.GONE: NO_FILE,
    Reason.CHANGED: gettext_noop("Another program wrote to the file of this clip."),
    Reason.NAME: OTHER_NAME,
    Reason.LOCKED: gettext_noop("Another program holds the file of this clip; it is tried again."),
    Reason.FULL: gettext_noop("The disk is full; it is tried again."),
    Reason.READ_ONLY: gettext_noop("The disk is read-only; it is tried again."),
    Reason.STAYS: gettext_noop("The file that OBS wrote cannot be removed."),
    Reason.DISK: gettext_noop("The disk refuses the file of this clip; it is tried again."),
}
"""Why a file did not take its place."""
VIDEO = frozenset(
    {
        gettext_noop("{}: nothing to write."),
        gettext_noop("{}: these packets make no video."),
        gettext_noop("{}: no video that can be played."),
        gettext_noop("{}: no such file."),
        gettext_noop("{} cannot be written: {}."),
        gettext_noop("{} cannot be read: {}."),
    }
)
"""What `adapters.mp4` says: adapters know no gettext."""
OBS = frozenset(
    {
        gettext_noop("OBS at {}: the password is wrong."),
        gettext_noop("OBS at {}: not an address that can be connected to."),
        gettext_noop("OBS at {}: the name is not known."),
        gettext_noop("OBS at {}: cannot be reached ({})."),
        gettext_noop("OBS at {}: no answer for {} s."),
        gettext_noop("OBS at {}: its answer to {} makes no sense."),
        gettext_noop("OBS at {}: {} events wait that nobody reads."),
        gettext_noop("OBS at {}: what listens there does not talk as OBS does ({})."),
        gettext_noop("OBS at {}: what listens there is no OBS (HTTP {})."),
        gettext_noop("OBS at {}: it is not there now (HTTP {})."),
        gettext_noop("OBS at {}: it was closed."),
        gettext_noop("OBS at {}: it speaks another version of the protocol."),
        gettext_noop("OBS at {}: somebody ended the session in OBS."),
        gettext_noop("OBS at {}: the connection broke ({})."),
        gettext_noop("OBS at {} refuses {}: this OBS is too old for it."),
        gettext_noop("OBS at {} refuses {}: the replay buffer is off: start it in OBS."),
        gettext_noop(
            "OBS at {} refuses {}: there is no replay buffer: enable it in the settings of OBS, under Output."
        ),
        gettext_noop("OBS at {} refuses {}: it does not say why ({})."),
        gettext_noop("OBS at {} refuses {}: {}"),
        gettext_noop("{}: a private address: an operator may allow them by VIGIE_ALLOW_PRIVATE_ADDRESSES."),
        gettext_noop("simpleobsws is not installed: pip install 'vigie[obs]'."),
        gettext_noop("OBS tells of {}, which is no whole path without '..'."),
        gettext_noop("OBS tells of {}, which is no path of this machine."),
        gettext_noop("OBS tells of {}, which is on another machine: map its folder to one here."),
        gettext_noop("OBS tells of {}, which is no video in a folder that replays are taken from."),
    }
)
"""What `adapters.obs` says, and `clips.pathmaps`."""
DISK = frozenset(
    {
        gettext_noop("the disk is full"),
        gettext_noop("the quota of the disk is used up"),
        gettext_noop("the disk takes no file of that size"),
        gettext_noop("the disk is read-only"),
        gettext_noop("its folder may not be written to"),
        gettext_noop("its folder does not exist"),
        gettext_noop("another process is writing it"),
        gettext_noop("the disk refuses"),
    }
)
"""What it says of the disk, as a detail."""
PATTERNS = [
    (re.compile(re.escape(key).replace(re.escape("{}"), "(.+?)"), re.DOTALL), key)
    for key in sorted({STARTS_LATE, ENDS_EARLY, *VIDEO, *OBS}, key=lambda key: (-len(key), key))
]
"""The longest first: it leaves least open."""


def told(reason: str) -> str:
    """Return a reason in the reader's language; what has no translation stays as it was written down."""
    if not reason:
        return ""
    for pattern, key in PATTERNS:
        if match := pattern.fullmatch(reason):
            return gettext(key).format(*(gettext(found) if found in DISK else found for found in match.groups()))
    return gettext(reason)
