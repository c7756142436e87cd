"""A server that plays TikTok for an unmodified client: site, webcast, signing, push server, and faults on demand."""

from vigie.simulators.tiktok.accounts import Account, Standing, State
from vigie.simulators.tiktok.book import Asked, Delivered, Interrupted
from vigie.simulators.tiktok.faults import Fault, Kind, Route
from vigie.simulators.tiktok.happenings import (
    Action,
    Broken,
    Caption,
    Comment,
    Control,
    Follow,
    Gift,
    Join,
    Like,
    MessageKind,
    Removal,
    Role,
    Share,
    Unknown,
    Viewer,
    ViewerCount,
    viewer,
)
from vigie.simulators.tiktok.server import TikTokServer

__all__ = [
    "Account",
    "Action",
    "Asked",
    "Broken",
    "Caption",
    "Comment",
    "Control",
    "Delivered",
    "Fault",
    "Follow",
    "Gift",
    "Interrupted",
    "Join",
    "Kind",
    "Like",
    "MessageKind",
    "Removal",
    "Role",
    "Route",
    "Share",
    "Standing",
    "State",
    "TikTokServer",
    "Unknown",
    "Viewer",
    "ViewerCount",
    "viewer",
]
