"""What a rule can wait for, and what may be asked of each."""

from enum import StrEnum


class When(StrEnum):
    """The kinds of things that happen in lives."""

    CHAT = "chat"
    GIFT = "gift"
    LIKE = "like"
    JOIN = "join"
    FOLLOW = "follow"
    SHARE = "share"
    SUBSCRIPTION = "subscription"
    RAID = "raid"
    SPEECH = "speech"
    ASSESSMENT = "assessment"
    """A text, said or written, was judged."""
    VIEWERS = "viewers"
    """The platform counted who watches."""
    LIKES = "likes"
    """All likes of the live so far."""
    HYPE = "hype"
    """Many more people write than usual: `vigie.rules.hype`."""
    LIVE_STARTED = "live_started"
    LIVE_ENDED = "live_ended"
    WAVE = "wave"
    """A wave of accounts was found in an audience."""


OF_THE_CHAT = frozenset(
    {When.CHAT, When.GIFT, When.LIKE, When.JOIN, When.FOLLOW, When.SHARE, When.SUBSCRIPTION, When.RAID}
)
"""What somebody of the audience did."""
WITH_TEXT = frozenset({When.CHAT, When.GIFT, When.SUBSCRIPTION, When.SPEECH, When.ASSESSMENT})
WITH_TOTAL = frozenset({When.VIEWERS, When.LIKES})


class Scope(StrEnum):
    """Of what a rule rests after it acted."""

    RULE = "rule"
    CHANNEL = "channel"
    USER = "user"
    TARGET = "target"


KNOWN_OF = {Scope.USER: OF_THE_CHAT, Scope.TARGET: frozenset({When.ASSESSMENT})}
"""Where there is a user, or a target."""
