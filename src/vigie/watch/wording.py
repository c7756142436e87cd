"""Why a live is interrupted or over, in the reader's words. Rows keep the English, as it was told at the time."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

TROUBLE = frozenset(
    {
        gettext_noop("nothing is on air now."),
        gettext_noop("no new segment, the live has stalled."),
        gettext_noop("the stream was closed."),
        gettext_noop("no sound."),
        gettext_noop("no answer for {} s."),
        gettext_noop("no data for {} s."),
        gettext_noop("not resolved within {} s."),
        gettext_noop("HTTP {}."),
        gettext_noop("HTTP {} {}."),
        gettext_noop("a private address: an operator may allow them by VIGIE_ALLOW_PRIVATE_ADDRESSES."),
        gettext_noop("the live numbers its segments anew."),
        gettext_noop("not whole within {} s."),
        gettext_noop("damaged on the way."),
        gettext_noop("larger than {} bytes."),
        gettext_noop("the sound cannot be kept {}."),
        gettext_noop("cannot be reached."),
        gettext_noop("cannot be reached {}."),
        gettext_noop("the connection broke {}."),
        gettext_noop("the server refuses {}."),
        gettext_noop("cannot be read {}."),
        gettext_noop("not an address that can be opened {}."),
        gettext_noop("not media, or damaged."),
        gettext_noop("no such file."),
        gettext_noop("not a file."),
        gettext_noop("empty file."),
        gettext_noop("streamlink cannot read this page."),
        gettext_noop("a web page without a live that streamlink knows."),
        gettext_noop("SRT needs the program ffmpeg, which is not on this machine."),
        gettext_noop("a web page, and streamlink is missing: pip install 'vigie[web]'."),
        gettext_noop("a playlist of playlists where media is expected."),
    }
)
"""What adapters say of an address, with {} for each number and each detail in parentheses: they know no gettext."""
NOT_SET_UP = frozenset(
    {
        gettext_noop(
            "Twitch is not set up here: the settings lack VIGIE_TWITCH_CLIENT_ID and VIGIE_TWITCH_CLIENT_SECRET."
        ),
        gettext_noop("TikTokLive is not installed: pip install 'vigie[tiktok]'."),
    }
)
"""Why channels of a platform cannot be looked at before an operator did something."""
NAME_IT_RIGHT = _("Check how the name is written. Where the account was renamed, add it by its new name.")
IT_RESTS = _("Nothing to do: it is asked again, ever more rarely, and no live is taken to be over meanwhile.")
TOO_MANY = _(
    "Nothing to do: it is asked again, ever more rarely. Where this goes on, watch fewer channels from this address."
)
GONE_FOR_NOW = _("Nothing to be seen until the platform changes that. It is asked again every six hours.")
FIXES: Mapping[str, Promise | str] = {
    gettext_noop("TikTok knows no such account."): NAME_IT_RIGHT,
    gettext_noop("TikTok banned this account."): GONE_FOR_NOW,
    gettext_noop("This account is private: TikTok shows its lives to nobody else."): _(
        "Its owner can make it public; then press Look now."
    ),
    gettext_noop("No account of TikTok can be named like this."): NAME_IT_RIGHT,
    gettext_noop("TikTok says status {}, whose meaning is not known."): IT_RESTS,
    gettext_noop("TikTok answered something else than what was asked."): IT_RESTS,
    gettext_noop("TikTok shows no profile {}."): IT_RESTS,
    gettext_noop("TikTok shows something else than a profile."): IT_RESTS,
    gettext_noop("TikTok shows another account than the one that was asked for."): IT_RESTS,
    gettext_noop("TikTok asks whether a person is there."): TOO_MANY,
    gettext_noop("TikTok answered with a page in place of data."): TOO_MANY,
    gettext_noop("TikTok answered nothing."): TOO_MANY,
    gettext_noop("TikTok refuses"): TOO_MANY,
    gettext_noop("no request before {} s."): IT_RESTS,
    gettext_noop("no answer in time."): IT_RESTS,
    gettext_noop("The signing service refuses"): IT_RESTS,
    gettext_noop("The signing service answered something else than what was asked."): IT_RESTS,
    gettext_noop("The signing service names no push server."): IT_RESTS,
    gettext_noop("The signing service refuses the key {}: check VIGIE_TIKTOK_SIGN_KEY."): _(
        "An operator corrects the key, or leaves it out, and starts Vigie again."
    ),
    gettext_noop("TikTok shows this live to adults only: give the session of an account {}."): _(
        "An operator can give the session of an account that is 18 or more, and weigh first what that means."
    ),
    gettext_noop("No Twitch channel can have this name."): NAME_IT_RIGHT,
    gettext_noop(
        "Twitch has no account of this name: there never was one, it was renamed, or it is banned."
    ): NAME_IT_RIGHT,
    gettext_noop("Twitch does not have this account any more: it is banned, or was closed."): GONE_FOR_NOW,
    gettext_noop("Twitch itself cannot tell."): IT_RESTS,
    gettext_noop("Twitch does not know this application: check its client id and secret."): _(
        "An operator corrects VIGIE_TWITCH_CLIENT_ID and VIGIE_TWITCH_CLIENT_SECRET, and starts Vigie again."
    ),
    gettext_noop("This account has never been live."): "",
    gettext_noop("The live is paused."): "",
    gettext_noop("No Twitch account that allows this is connected: see Connections."): _(
        "A supervisor or an administrator connects one under Connections."
    ),
    **dict.fromkeys(NOT_SET_UP, _("An operator sets it up once for everyone: see the documentation on platforms.")),
}
"""What platforms say of an account, {} for each number or detail, and what can be done; empty: nothing need be."""
WEB = ("http://", "https://")
DETAIL = re.compile(r"\(.*\)|\d+")
ERRNO = re.compile(r"\[Errno -?\d+\] ")
SYSTEM = frozenset(
    {
        gettext_noop("Name or service not known"),
        gettext_noop("All connection attempts failed"),
        gettext_noop("Connection refused"),
    }
)
"""What the machine says most often, as a detail."""


def told(reason: str) -> str:
    """Return a reason in the reader's language; a part without a translation stays as it was told."""
    whole = gettext(reason)
    return whole if whole != reason else _told(reason) or reason


def fix(reason: str) -> str:
    """Return what can be done about what a platform says, in the reader's language; empty where nothing is known."""
    head, colon, rest = reason.partition(": ")
    pattern = next((each for each in (DETAIL.sub("{}", reason), DETAIL.sub("{}", head)) if each in FIXES), "")
    return str(FIXES[pattern]) if pattern else fix(rest) if colon else ""


def _told(text: str) -> str:
    """Return what is known of a text, or of its parts: `what was asked: what came of it`; empty where nothing is.

    What a platform says of an account stands alone: the address that was asked for tells people nothing.
    """
    if known := _known(text):
        return known
    head, colon, rest = text.partition(": ")
    if head.startswith(WEB) and DETAIL.sub("{}", rest) in FIXES:
        return _known(rest)
    if not colon or not (_known(head) or _told(rest)):
        return ""
    return gettext("%(address)s: %(trouble)s") % {"address": _known(head) or head, "trouble": _told(rest) or rest}


def _known(text: str) -> str:
    pattern = DETAIL.sub("{}", text)
    if pattern not in TROUBLE and pattern not in FIXES:
        return ""
    details = iter([_detail(found) for found in DETAIL.findall(text)])
    return re.sub(r"\{\}", lambda blank: next(details, blank[0]), gettext(pattern))


def _detail(found: str) -> str:
    """Return a detail without the number that only programs know."""
    words = ERRNO.sub("", found)
    inner = words.strip("()")
    return f"({gettext(inner)})" if inner in SYSTEM else words
