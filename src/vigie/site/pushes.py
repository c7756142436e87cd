"""What an event changes on the pages of `site.board`, told to whoever looks at them once it is committed.

Topics keep apart what readers may see: `live` and `lives` hold states, `words` and `said` what was said.
"""

from vigie.events import (
    Acted,
    AlertChanged,
    AlertRaised,
    GapRecorded,
    LiveEnded,
    LiveStarted,
    LiveStateChanged,
    TextAssessed,
    UtteranceSettled,
)
from vigie.risk.models import Subject
from vigie.runtime import clock
from vigie.runtime.push import Fragment, is_followed, push, tell_access_changed
from vigie.site import queries
from vigie.site.facts import facts_of
from vigie.site.queries import Line, Row
from vigie.speech.models import Utterance
from vigie.watch.models import Gap, Live, Track

_ACTS_ON_ACCESS = {"role.changed", "person.removed", "workspace.changed", "admin.changed", "admin.removed"}
_ACTS_ON_OWN_ACCESS = {"account.signed_out", "account.password_changed", "account.password_reset"}


def reconsider_access(event: Acted) -> None:
    """Close what is pushed to somebody who left or whose rights were taken away, without waiting for the next page."""
    if event.verb in _ACTS_ON_ACCESS:
        tell_access_changed()
    elif event.verb in _ACTS_ON_OWN_ACCESS:
        tell_access_changed(event.actor_id)


def show_live(event: LiveStarted) -> None:
    """Add a live at the end of those on air."""
    live = _live(event.live_id)
    context = {"row": Row(live, None, None, None), "workspace": live.channel.workspace}
    push(f"lives:{event.workspace_id}", Fragment("on-air", "append", "board/_row.html", context))


def show_state(event: LiveStateChanged | LiveEnded) -> None:
    """Turn the ring of a live, wherever it is shown, and say why."""
    live = _live(event.live_id)
    ring = Fragment(f"state-{live.pk}", "replace", "watch/_state.html", {"live": live})
    for topic, style in ((f"live:{live.pk}", "notice"), (f"lives:{event.workspace_id}", "")):
        push(topic, ring)
        why = {"live": live, "class": style}
        push(topic, Fragment(f"reason-{live.pk}", "replace", "watch/_reason.html", why))
    if is_followed(f"live:{live.pk}"):
        facts = facts_of(live, clock.now())
        push(f"live:{live.pk}", Fragment(f"facts-{live.pk}", "replace", "board/_facts.html", facts))


def show_gap(event: GapRecorded) -> None:
    """Put a gap between the words of a live."""
    if event.track == Track.MEDIA:
        gap = Gap.objects.get(pk=event.gap_id)
        _show_line(event.live_id, Line(gap.from_s, gap=gap))


def show_words(event: UtteranceSettled) -> None:
    """Put what was said, or why that is not known, among the words of a live; what was made of it follows."""
    utterance = Utterance.objects.get(pk=event.utterance_id)
    if utterance.text or utterance.reason:
        _show_line(event.live_id, Line(utterance.start_s, utterance))


def _show_line(live_id: int, line: Line) -> None:
    live = _live(live_id)
    context = {"line": line, "workspace": live.channel.workspace}
    push(f"words:{live_id}", Fragment("words", "append", "board/_line.html", context))
    heard = {"live": live, "gaps_count": live.gaps.filter(track=Track.MEDIA).count()}
    push(f"live:{live_id}", Fragment(f"heard-{live_id}", "replace", "watch/_heard.html", heard))


def show_judgement(event: TextAssessed) -> None:
    """Mark words with what was made of them; show the live's last words and its risk among the others."""
    if event.of != Subject.UTTERANCE:
        return
    live = _live(event.live_id)
    judged = {
        "utterance": Utterance.objects.get(pk=event.ref_id),
        "assessment": queries.judgements_of([event.ref_id]).get(event.ref_id),
        "workspace": live.channel.workspace,
    }
    push(f"words:{live.pk}", Fragment(f"words-{event.ref_id}", "replace", "board/_words.html", judged))
    said = queries.said_in([live])
    strips = queries.recent_strips([live], said, clock.now())
    last = {"live_id": live.pk, "said": said.get(live.pk)}
    push(f"said:{event.workspace_id}", Fragment(f"said-{live.pk}", "replace", "board/_said.html", last))
    risk = {"live_id": live.pk, "strip": strips[live.pk]}
    push(f"said:{event.workspace_id}", Fragment(f"risk-{live.pk}", "replace", "board/_recent.html", risk))


def show_alerts(event: AlertRaised | AlertChanged) -> None:
    """Show the alerts of a live on its page, and how many of them wait among the lives."""
    live = _live(event.live_id)
    topic = f"alerts:{event.workspace_id}"
    waiting = {"live_id": live.pk, "pending": queries.pending_in([live.pk]).get(live.pk)}
    push(topic, Fragment(f"pending-{live.pk}", "replace", "board/_pending.html", waiting))
    alerts = {"live": live, "alerts": queries.alerts_of(live), "workspace": live.channel.workspace}
    push(topic, Fragment(f"alerts-{live.pk}", "replace", "board/_alerts.html", alerts))


def _live(live_id: int) -> Live:
    return Live.objects.select_related("channel__workspace").get(pk=live_id)
