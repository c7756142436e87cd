"""What the verbs and objects of the audit log are called on screen; the log itself keeps the words of the code."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.governance.chain import Fault

VERBS: Mapping[str, Promise] = {
    "account.code_refused": _("refused a code"),
    "account.connected": _("connected an account of a platform"),
    "account.created": _("created an account"),
    "account.disconnected": _("disconnected an account of a platform"),
    "account.lost": _("lost an account of a platform"),
    "account.password_changed": _("changed their password"),
    "account.password_refused": _("refused a password"),
    "account.password_reset": _("chose a new password"),
    "account.recovery_codes_renewed": _("made new recovery codes"),
    "account.second_factor_added": _("added a second factor"),
    "account.second_factor_removed": _("removed a second factor"),
    "account.signed_in": _("signed in"),
    "account.signed_out": _("signed out"),
    "admin.added": _("added in the administration"),
    "admin.changed": _("changed in the administration"),
    "admin.removed": _("removed in the administration"),
    "alert.decided": _("decided an alert"),
    "alert.noted": _("wrote a note on an alert"),
    "alert.raised": _("raised an alert"),
    "alert.read": _("read an alert"),
    "alert.undone": _("undid a decision"),
    "alerts.read": _("read alerts"),
    "audio.heard": _("heard the sound of an alert"),
    "audit.erased": _("erased the content of an entry"),
    "audit.read": _("read the audit log"),
    "audit.verified": _("verified the audit log"),
    "channel.added": _("added a channel"),
    "channel.changed": _("changed a channel"),
    "channel.removed": _("removed a channel"),
    "channel.renamed": _("followed a renamed channel"),
    "channel.unwatched": _("stopped watching a channel"),
    "channel.watched": _("started watching a channel"),
    "chat.exported": _("exported a chat"),
    "chat.read": _("read a chat"),
    "chatter.erased": _("erased someone of an audience"),
    "chatter.revealed": _("learned who a pseudonym is"),
    "clip.changed": _("changed a clip"),
    "clip.downloaded": _("took a clip away"),
    "clip.held": _("held a clip"),
    "clip.kept": _("starred a clip"),
    "clip.opened": _("opened a clip by a link"),
    "clip.released": _("released a clip"),
    "clip.removed": _("deleted a clip"),
    "clip.renamed": _("renamed a clip"),
    "clip.requested": _("asked for a clip"),
    "clip.restored": _("brought a clip back"),
    "clip.retried": _("tried a clip again"),
    "clip.saved": _("saved a clip"),
    "clip.seen": _("looked at a clip"),
    "clip.shared": _("made a link to a clip"),
    "clip.unkept": _("took the star of a clip away"),
    "clip.unshared": _("revoked a link to a clip"),
    "clip_settings.saved": _("changed how clips are made and kept"),
    "invitation.renewed": _("made a new link for an invitation"),
    "invitation.revoked": _("revoked an invitation"),
    "live.ended": _("closed a live"),
    "live.resumed": _("went on with a live"),
    "live.heard": _("heard a stretch of a live"),
    "live.started": _("opened a live"),
    "lives.read": _("read the last words of the lives"),
    "mark.placed": _("marked a moment"),
    "mark.removed": _("removed a mark"),
    "obs.added": _("added an OBS"),
    "obs.changed": _("changed an OBS"),
    "obs.removed": _("removed an OBS"),
    "person.invited": _("invited someone"),
    "person.joined": _("joined the workspace"),
    "person.removed": _("removed a member"),
    "policy.saved": _("changed the policy"),
    "policy.shipped": _("put the rules of its version in force"),
    "profile.changed": _("changed their profile"),
    "role.changed": _("changed a role"),
    "setup_link.made": _("printed the link for the first administrator"),
    "transcript.exported": _("exported a transcript"),
    "transcript.read": _("read a transcript"),
    "utterance.retried": _("asked for an utterance to be transcribed again"),
    "webhook.added": _("added a webhook"),
    "webhook.changed": _("changed a webhook"),
    "webhook.redelivered": _("had a webhook told something again"),
    "webhook.removed": _("removed a webhook"),
    "webhook.rotated": _("gave a webhook another secret"),
    "webhook.switched_off": _("switched a webhook off"),
    "webhook.tried": _("tried a webhook"),
    "workspace.changed": _("changed the settings"),
    "workspace.created": _("created the workspace"),
}

OBJECTS: Mapping[str, Promise] = {
    "alert": _("alert"),
    "audit_entry": _("entry"),
    "authenticator": _("second factor"),
    "channel": _("channel"),
    "chatter": _("chatter"),
    "clip": _("clip"),
    "connectedaccount": _("connected account"),
    "group": _("role"),
    "invitation": _("invitation"),
    "live": _("live"),
    "membership": _("member"),
    "obs": _("OBS"),
    "policy": _("policy"),
    "user": _("person"),
    "utterance": _("utterance"),
    "webhook": _("webhook"),
    "workspace": _("workspace"),
}

FAULTS: Mapping[Fault, Promise] = {
    Fault.EDITED: _("this entry was edited"),
    Fault.MISSING: _("entries are missing here"),
    Fault.REORDERED: _("entries were put into another order"),
    Fault.PAYLOAD_ALTERED: _("the content of this entry was altered"),
    Fault.PAYLOAD_REMOVED: _("the content of this entry was removed, and no entry accounts for it"),
    Fault.TAIL_CUT: _("the last entries were cut off"),
    Fault.HEAD_MOVED: _("the head does not match the last entry"),
}


def verb_words(verb: str) -> str:
    """Return what was done, as it reads after a name; a verb unknown here goes by its plain word."""
    return str(VERBS.get(verb, verb))


def object_words(kind: str, number: str) -> str:
    """Return what it was done to: `alert 12`; empty for an act on nothing."""
    return f"{OBJECTS.get(kind, kind)} {number}".strip()
