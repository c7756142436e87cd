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
        gettext_noop("not an address that can be opened."),
        gettext_noop("not an address {}."),
        gettext_noop("not an address. (Files are for the command line: vigie watch)"),
        gettext_noop("no such file. (An address begins with https://)"),
        gettext_noop("{}:// is no kind of address that can be watched."),
        gettext_noop("packed with {}, which was not asked for."),
        gettext_noop("protected by {}, which cannot be undone."),
        gettext_noop("nothing is on air, or it is not shown: {}."),
        gettext_noop("this kind of stream cannot be pulled: {}."),
        gettext_noop("The captions do not come."),
        gettext_noop("no handle of a TikTok channel."),
        gettext_noop("no number of a TikTok room."),
        gettext_noop("no channel of Twitch."),
    }
)
"""What adapters say of an address, with {} for each number, name and detail: they know no gettext."""
NOT_SET_UP = frozenset(
    {
        gettext_noop(
            "Twitch is not set up here: the settings lack VIGIE_TWITCH_CLIENT_ID and VIGIE_TWITCH_CLIENT_SECRET."
        ),
        gettext_noop("TikTokLive is not installed: pip install 'vigie[tiktok]'."),
        gettext_noop("TikTok's chat is not installed: pip install 'vigie[tiktok]'."),
        gettext_noop("The settings of this installation lack what {} needs."),
    }
)
"""Why channels of a platform cannot be looked at before an operator did something."""
NAME_IT_RIGHT = _("Check how the name is written. Where the account was renamed, add it by its new name.")
IT_RESTS = _("Nothing to do: it is asked again, ever more rarely, and no live is taken to be over meanwhile.")
TOO_MANY = _(
    "Nothing to do: it is asked again, ever more rarely. Where this goes on, watch fewer channels from this address."
)
GONE_FOR_NOW = _("Nothing to be seen until the platform changes that. It is asked again every six hours.")
CONNECT = _("A supervisor or an administrator connects one under Connections.")
BROKEN_CHATS = frozenset(
    {
        gettext_noop("the chat was closed"),
        gettext_noop("TikTok's chat was silent for {} s."),
        gettext_noop("TikTok's chat takes nothing for {} s."),
        gettext_noop("TikTok's chat did not answer within {} s."),
        gettext_noop("TikTok's chat cannot be reached {}."),
        gettext_noop("TikTok's chat closed the connection {}."),
        gettext_noop("TikTok suspended the live."),
        gettext_noop("The live was ended."),
        gettext_noop("Twitch EventSub"),
        gettext_noop("Twitch EventSub cannot be reached {}."),
        gettext_noop("no welcome came."),
        gettext_noop("no sign of life for {} s."),
        gettext_noop("not subscribed in time."),
        gettext_noop("the connection ended."),
        gettext_noop("Twitch has trouble of its own."),
        gettext_noop("Twitch was sent what it did not ask for."),
        gettext_noop("Twitch got no answer to a ping."),
        gettext_noop("nothing was subscribed to in time."),
        gettext_noop("Twitch moved the connection, and was not followed in time."),
        gettext_noop("Twitch had to wait too long."),
        gettext_noop("the network between us broke."),
        gettext_noop("Twitch does not know the address it gave."),
        gettext_noop("Twitch ends {}"),
        gettext_noop("it tells no more {}."),
        gettext_noop("the account is gone."),
        gettext_noop("Twitch says that the broadcast is over."),
        gettext_noop("Another Twitch account was chosen to read this chat."),
        gettext_noop("{} messages wait: they come faster than they are read."),
        gettext_noop("A token was not renewed in time."),
        gettext_noop("The platform did not answer within {} s."),
    }
)
"""Why a chat is not read for a moment: nobody need do anything."""
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
    gettext_noop("TikTok says nothing of where the stream is."): IT_RESTS,
    gettext_noop("TikTok says that the channel is live, and not where."): IT_RESTS,
    gettext_noop("TikTok did not answer for other channels: this one was not asked for."): TOO_MANY,
    gettext_noop("TikTok's chat refuses the connection {}."): _(
        "It is asked again, ever more rarely. The chat of a live for adults needs the session of an account, and an "
        "operator who lets the signing service have it; elsewhere TikTok keeps this address out for a while."
    ),
    gettext_noop("Twitch answered nonsense when asked for {}."): IT_RESTS,
    gettext_noop("Twitch allows no more EventSub subscriptions to this account."): IT_RESTS,
    gettext_noop("The Twitch account {} reads as many chats as Twitch allows: connect another one for more."): CONNECT,
    gettext_noop("The Twitch account {} does not allow {}, which reading chats needs: connect it again."): CONNECT,
    gettext_noop("The Twitch account {} may not read this chat {}: it may be banned there."): CONNECT,
    gettext_noop("the connected account is banned from this chat."): CONNECT,
    gettext_noop("the person took back their consent: connect the Twitch account again."): CONNECT,
    gettext_noop("The consent of this Twitch account is over: connect it again."): CONNECT,
    gettext_noop("Twitch does not take this consent (any more): connect the account again."): CONNECT,
    gettext_noop("The account was disconnected: see Connections."): CONNECT,
    gettext_noop("{} must be connected anew"): CONNECT,
    gettext_noop("Its tokens cannot be read: the secret key of this installation was changed."): CONNECT,
    gettext_noop("Its token ended, and the platform gave nothing to renew it with."): CONNECT,
    gettext_noop("the platform gave the token that it had refused."): CONNECT,
    gettext_noop("No {} account that allows this is connected: see Connections."): CONNECT,
    **dict.fromkeys(NOT_SET_UP, _("An operator sets it up once for everyone: see the documentation on platforms.")),
}
"""What platforms say of an account, {} for each number, name or detail, and what can be done; empty: nothing need."""
WEB = ("http://", "https://")
KNOWN = TROUBLE | BROKEN_CHATS | FIXES.keys()
BLANK = re.escape("{}")
DETAIL = r"(\(.+\)|(?:(?!: ).)+?)"
"""What stands in a blank; what follows a colon outside parentheses is a sentence of its own."""
PATTERNS = [
    (re.compile(re.escape(key).replace(BLANK, DETAIL)), key)
    for key in sorted(KNOWN, key=lambda key: (-len(key), key))
    if "{}" in key
]
"""The longest first: it leaves least open."""
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
    found = next((key for key in (_key(reason)[0], _key(head)[0]) if key in FIXES), "")
    return str(FIXES[found]) if found else fix(rest) if colon else ""


def _told(text: str) -> str:
    """Return what is known of a text, or of its parts: `what was asked: what came of it`; empty where nothing is.

    What a platform says of an account stands alone: the address that was asked for tells people nothing.
    """
    if known := _known(text):
        return known
    head, colon, rest = text.partition(": ")
    if head.startswith(WEB) and _key(rest)[0] in FIXES:
        return _known(rest)
    if not colon or not (_known(head) or _told(rest)):
        return ""
    return gettext("%(address)s: %(trouble)s") % {"address": _known(head) or head, "trouble": _told(rest) or rest}


def _known(text: str) -> str:
    key, details = _key(text)
    left = iter([_detail(found) for found in details])
    return re.sub(BLANK, lambda blank: next(left, blank[0]), gettext(key)) if key else ""


def _key(text: str) -> tuple[str, tuple[str, ...]]:
    """Return which of the known texts one is, and what stands in its blanks; empty where it is none."""
    if text in KNOWN:
        return text, ()
    matches = ((pattern.fullmatch(text), key) for pattern, key in PATTERNS)
    return next(((key, match.groups()) for match, key in matches if match), ("", ()))


def _detail(found: str) -> str:
    """Return a detail without the number that only programs know."""
    words = ERRNO.sub("", found)
    inner = words.strip("()")
    return f"({gettext(inner)})" if inner in SYSTEM else words
