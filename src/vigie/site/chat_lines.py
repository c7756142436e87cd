"""The chat of a live as its page shows it: what was written and what was not received, in order, some at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from vigie.watch import queries as watch
from vigie.watch.models import ChatMessage, Gap, Live, Track
from vigie.watch.queries import ChatPage

AROUND = 100
"""Messages on each side of a moment."""


@dataclass(frozen=True, slots=True)
class ChatLine:
    """Something of a chat: a message, a gap, or that others were left out here."""

    at_s: float
    message: ChatMessage | None = None
    gap: Gap | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ChatLines:
    """Some consecutive lines of a chat."""

    shown: list[ChatLine]
    earlier: int | None = None
    """The message to ask before; None at the beginning."""
    later: int | None = None
    """The message to ask after; None at the end."""


def tail(live: Live, before: ChatMessage | None = None) -> ChatLines:
    """Return the end of a chat, or what comes before a message. Two queries."""
    page = watch.chat_tail(live, before)
    earlier = page.messages[0].pk if page.has_more else None
    from_s = page.messages[0].at_s if page.has_more else 0.0
    return ChatLines(woven(live, page.messages, from_s, before.at_s if before else None), earlier=earlier)


def after(live: Live, message: ChatMessage) -> ChatLines:
    """Return what follows a message. Two queries."""
    page = _following(live, Q(at_s__gt=message.at_s) | Q(at_s=message.at_s, pk__gt=message.pk), watch.A_PAGE)
    last = page.messages[-1] if page.has_more else None
    shown = woven(live, page.messages, message.at_s, last.at_s if last else None)
    return ChatLines(shown, later=last.pk if last else None)


def around(live: Live, at_s: float) -> ChatLines:
    """Return what was written before and after a moment. Three queries."""
    before = watch.chat_tail(live, ChatMessage(at_s=at_s, pk=0), most=AROUND)
    later = _following(live, Q(at_s__gte=at_s), AROUND)
    messages = [*before.messages, *later.messages]
    from_s = messages[0].at_s if before.has_more else 0.0
    to_s = messages[-1].at_s if later.has_more else None
    return ChatLines(
        woven(live, messages, from_s, to_s),
        earlier=messages[0].pk if before.has_more else None,
        later=messages[-1].pk if later.has_more else None,
    )


def _following(live: Live, condition: Q, most: int) -> ChatPage:
    found = list(watch.messages_of(live).filter(condition)[: most + 1])
    return ChatPage(found[:most], has_more=len(found) > most)


def woven(live: Live, messages: Sequence[ChatMessage], from_s: float, to_s: float | None) -> list[ChatLine]:
    """Return messages with the gaps of the chat between them. One query."""
    gaps = watch.gaps_between(live, from_s, to_s).filter(track=Track.CHAT)
    return in_order(messages, gaps)


def in_order(messages: Iterable[ChatMessage], gaps: Iterable[Gap]) -> list[ChatLine]:
    """Return messages and gaps on one clock."""
    lines = [*(ChatLine(one.at_s, one) for one in messages), *(ChatLine(gap.from_s, gap=gap) for gap in gaps)]
    return sorted(lines, key=lambda line: line.at_s)
