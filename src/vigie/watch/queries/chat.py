"""What can be read of the chat of a live: its end, what surrounds a moment, what holds some words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from vigie.events import ActivityKind
from vigie.watch.models import ChatMessage, Chatter, Live

A_PAGE = 200
SAID = (ActivityKind.MESSAGE, ActivityKind.GIFT, ActivityKind.SUBSCRIPTION, ActivityKind.RAID, ActivityKind.SHARE)
"""What is shown among the lines of a chat: likes, arrivals and follows are counted."""
_WORD = re.compile(r"[\w\u0300-\u036f]+")
"""Accents may be signs of their own, as in what is copied from a Mac: they part no words."""


@dataclass(frozen=True, slots=True)
class ChatPage:
    """Some consecutive messages of a live, in order."""

    messages: list[ChatMessage]
    has_more: bool
    """Whether there are others beyond, in the direction that was asked for."""


def messages_of(live: Live) -> QuerySet[ChatMessage]:
    """Return what was said in the chat of a live, in order."""
    return ChatMessage.objects.filter(live=live, kind__in=SAID).select_related("chatter").order_by("at_s", "pk")


def messages_among(ids: Sequence[int]) -> list[ChatMessage]:
    """Return what was said in the chat among these rows, in order, replayed history left out. One query."""
    found = ChatMessage.objects.filter(pk__in=ids, kind__in=SAID, is_history=False)
    return list(found.select_related("chatter", "live").order_by("at_s", "pk"))


def chat_tail(live: Live, before: ChatMessage | None = None, *, most: int = A_PAGE) -> ChatPage:
    """Return the last messages, or those before one. One read of the index."""
    found = messages_of(live)
    if before is not None:
        found = found.filter(Q(at_s__lt=before.at_s) | Q(at_s=before.at_s, pk__lt=before.pk))
    last = list(found.order_by("-at_s", "-pk")[: most + 1])
    return ChatPage(last[:most][::-1], has_more=len(last) > most)


def chat_between(live: Live, from_s: float, to_s: float, *, most: int = A_PAGE) -> ChatPage:
    """Return the first messages between two moments, in seconds since the live started."""
    found = list(messages_of(live).filter(at_s__gte=from_s, at_s__lt=to_s)[: most + 1])
    return ChatPage(found[:most], has_more=len(found) > most)


def count_between(live: Live, from_s: float, to_s: float) -> int:
    """Return how many messages were written between two moments."""
    found = ChatMessage.objects.filter(live=live, kind=ActivityKind.MESSAGE, at_s__gte=from_s, at_s__lt=to_s)
    return found.count()


def chat_found(live: Live, words: str, *, most: int = A_PAGE) -> ChatPage:
    """Return the last messages that hold every one of `words`, the last one as a beginning; accents do not matter.

    On PostgreSQL the words are looked for as they are written.
    """
    asked = _WORD.findall(words)
    if not asked:
        return ChatPage([], has_more=False)
    found = list(_holding(messages_of(live), asked).order_by("-at_s", "-pk")[: most + 1])
    return ChatPage(found[:most][::-1], has_more=len(found) > most)


def _holding(messages: QuerySet[ChatMessage], asked: list[str]) -> QuerySet[ChatMessage]:
    if connection.vendor != "sqlite":
        return messages.filter(*(Q(text__icontains=word) for word in asked))
    match = " ".join(f'"{word}"' for word in asked) + "*"
    found = RawSQL("SELECT rowid FROM watch_chatsearch WHERE watch_chatsearch MATCH %s", [match])
    return messages.filter(pk__in=found)


def every_message(live: Live) -> Iterator[ChatMessage]:
    """Return all that the audience of a live did, in order, without holding it in memory."""
    found = ChatMessage.objects.filter(live=live).select_related("chatter").order_by("at_s", "pk")
    return found.iterator(chunk_size=2000)


def chatters_for(workspace_id: int) -> QuerySet[Chatter]:
    """Return the chatters of a workspace, with `messages_count`."""
    return Chatter.objects.filter(workspace=workspace_id).annotate(messages_count=Count("messages"))
