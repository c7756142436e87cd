"""Tables of `watch`: channels, their lives, their audiences."""

from vigie.watch.models.channels import RESOURCE, AiringState, Channel, Platform, Presence
from vigie.watch.models.chat import ActivityKindChoices, ChatMessage, Chatter, ErasedMessage
from vigie.watch.models.lives import (
    ChatState,
    Gap,
    Live,
    LiveMark,
    LiveSample,
    LiveState,
    MarkKind,
    Reach,
    Thumbnail,
    Track,
)

__all__ = [
    "RESOURCE",
    "ActivityKindChoices",
    "AiringState",
    "Channel",
    "ChatMessage",
    "ChatState",
    "Chatter",
    "ErasedMessage",
    "Gap",
    "Live",
    "LiveMark",
    "LiveSample",
    "LiveState",
    "MarkKind",
    "Platform",
    "Presence",
    "Reach",
    "Thumbnail",
    "Track",
]
