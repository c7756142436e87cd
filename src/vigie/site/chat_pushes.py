"""What an audience does, told to whoever looks at the page of its live. Nobody there: nothing is read or rendered.

Topics keep apart what readers may see: `chat` holds what was written, `live` what was counted.
"""

from collections.abc import Sequence
from threading import Lock

from vigie.events import AudienceActive, GapRecorded, LiveSampled, MessagesHidden
from vigie.runtime import clock
from vigie.runtime.push import Fragment, is_followed, push
from vigie.site import sampling
from vigie.site.chat_lines import ChatLine
from vigie.site.facts import facts_of
from vigie.site.sampling import MOST, Budget
from vigie.watch import queries as watch
from vigie.watch.models import ChatMessage, Chatter, Gap, Live

LATEST = 200
"""Messages of one person that are taken away from open pages; a page that is loaded anew shows none of them."""
COUNTED_S = 2.0
"""How often the counts of a live are told; what is left out comes with the next ones."""
_budgets: dict[int, Budget] = {}
_counted_at_s: dict[int, float] = {}
_lock = Lock()


def show_messages(event: AudienceActive) -> None:
    """Add what was written at the end of a chat; of more than anyone can read, some, and how many more there were."""
    topic = f"chat:{event.live_id}"
    if not is_followed(topic):
        _budgets.pop(event.live_id, None)
        return
    messages = watch.messages_among(event.message_ids)
    if not messages:
        return
    shown = sampling.evenly(messages, _allowed(event.live_id, len(messages)))
    lines = [ChatLine(message.at_s, message) for message in shown]
    if left_out := len(messages) - len(shown):
        lines.append(ChatLine(messages[-1].at_s, messages[-1], left_out=left_out))
    push(topic, Fragment("chat-lines", "append", "board/_chat_some.html", {"lines": lines}))


def _allowed(live_id: int, wanted: int) -> int:
    """Return how many of the messages wanted may be shown of a live now."""
    now_s = clock.now().timestamp()
    with _lock:
        budget = _budgets.get(live_id, Budget(MOST, now_s)).at(now_s)
        allowed = min(wanted, int(budget.left))
        _budgets[live_id] = budget.less(allowed)
    return allowed


def show_gap(event: GapRecorded) -> None:
    """Put what was not received between the lines of a chat."""
    topic = f"chat:{event.live_id}"
    if event.track == "chat" and is_followed(topic):
        gap = Gap.objects.get(pk=event.gap_id)
        lines = [ChatLine(gap.from_s, gap=gap)]
        push(topic, Fragment("chat-lines", "append", "board/_chat_some.html", {"lines": lines}))


def show_hidden(event: MessagesHidden) -> None:
    """Strike through what the platform's moderators took away."""
    topic = f"chat:{event.live_id}"
    if is_followed(topic):
        for message in watch.messages_among(event.message_ids):
            context = {"line": ChatLine(message.at_s, message)}
            push(topic, Fragment(f"msg-{message.pk}", "replace", "board/_chat_line.html", context))


def show_counts(event: LiveSampled) -> None:
    """Show how many watch, and how far what is said may go."""
    topic = f"live:{event.live_id}"
    if is_followed(topic) and _is_due(event.live_id):
        live = Live.objects.select_related("channel__workspace").get(pk=event.live_id)
        push(topic, Fragment(f"facts-{live.pk}", "replace", "board/_facts.html", facts_of(live, clock.now())))


def _is_due(live_id: int) -> bool:
    """Return whether the counts of a live were not told just before; they now are."""
    now_s = clock.now().timestamp()
    with _lock:
        is_due = abs(now_s - _counted_at_s.get(live_id, 0.0)) >= COUNTED_S
        if is_due:
            _counted_at_s[live_id] = now_s
    return is_due


def shown_of(chatter: Chatter) -> list[tuple[int, int]]:
    """Return the last messages of somebody, as (live, message): what open pages may show."""
    found = ChatMessage.objects.filter(chatter=chatter).order_by("-pk")
    return list(found.values_list("live", "pk")[:LATEST])


def take_away(messages: Sequence[tuple[int, int]]) -> None:
    """Remove messages that were erased from open pages."""
    for live_id, pk in messages:
        push(f"chat:{live_id}", Fragment(f"msg-{pk}", "remove"))
