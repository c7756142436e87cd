"""Why a live is interrupted or over, in the reader's words. Rows keep the English, as it was told at the time."""

import re

from django.utils.translation import gettext, gettext_noop

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
    address, colon, trouble = reason.partition(": ")
    pattern = DETAIL.sub("{}", trouble)
    if not colon or whole != reason or pattern not in TROUBLE:
        return whole
    details = iter([_detail(found) for found in DETAIL.findall(trouble)])
    words = re.sub(r"\{\}", lambda blank: next(details, blank[0]), gettext(pattern))
    return gettext("%(address)s: %(trouble)s") % {"address": address, "trouble": words}


def _detail(found: str) -> str:
    """Return a detail without the number that only programs know."""
    words = ERRNO.sub("", found)
    inner = words.strip("()")
    return f"({gettext(inner)})" if inner in SYSTEM else words
