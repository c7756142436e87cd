"""What connected accounts may be used for, and keys may do, in the reader's words."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vigie.people import scopes

PURPOSES: Mapping[str, Promise] = {
    scopes.READ_CHAT: _("read the chat"),
    scopes.FOLLOW_MODERATION: _("see what the channel's moderators do"),
    scopes.FIND_CHANNELS: _("find the channels that it moderates"),
    scopes.SEE_AUDIENCE: _("see who is in the chat"),
    scopes.SEE_FOLLOWERS: _("see who follows"),
    scopes.RESTRICT_ACCOUNTS: _("warn, mute and ban, when a moderator decides so"),
    scopes.REMOVE_MESSAGES: _("remove messages, when a moderator decides so"),
    scopes.SHIELD: _("switch the shield on and off, when a moderator decides so"),
    scopes.ANNOUNCE: _("post announcements, when a moderator decides so"),
    scopes.CLIP: _("make clips"),
}

SCOPES: Mapping[str, Promise] = {
    "watch.follow_lives": _("follow lives, and see channels"),
    "watch.manage_channels": _("add channels, watch and remove them"),
    "watch.read_chat": _("read what chatters wrote"),
    "speech.read_transcripts": _("read what was said"),
    "rules.see_rules": _("see rules, and what they did"),
    "rules.edit_rules": _("write rules, and try them out"),
    "rules.publish_rules": _("put rules in force, let them rest, remove them"),
    "clips.see_clips": _("see and download clips"),
    "clips.make_clips": _("make clips, name and tag them"),
    "clips.delete_clips": _("delete clips"),
    "clips.manage_obs": _("connect OBS, change and remove it"),
}
"""What a key may be allowed to do: the permissions that the API asks for."""

TROUBLES = frozenset(
    {
        gettext_noop("Twitch does not know this application: check its client id and secret."),
        gettext_noop("Twitch does not take this consent (any more): connect the account again."),
        gettext_noop("The consent of this Twitch account is over: connect it again."),
        gettext_noop("The settings of this installation lack what Twitch needs."),
        gettext_noop("The platform did not answer within 20 s."),
    }
)
"""What platforms and keys say most often: they know no gettext."""


def purpose_words(purposes: Iterable[str]) -> list[str]:
    """Return purposes as they read after "may"."""
    return [str(PURPOSES[purpose]) for purpose in purposes]
