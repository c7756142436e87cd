"""What every page knows: the reader, the workspace, the rail."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.moderation import queries as alerts
from vigie.moderation.permissions import may_see_alerts
from vigie.notifications import queries as notifications
from vigie.notifications.permissions import may_be_told
from vigie.people import queries as people
from vigie.people.models import Membership, Theme, Workspace


@dataclass(frozen=True, slots=True)
class Room:
    """A place of the control room that the rail leads to."""

    name: str
    """Of its address."""
    label: str | Promise
    icon: str
    permission: str
    """What a member needs to enter."""
    inside: frozenset[str] = frozenset()
    """Names of the addresses that belong to it."""
    tab: str | Promise = ""
    """Its shorter label under the thumb; empty: in the menu only."""


WORK = (
    Room("wall", _("Wall"), "wall", "watch.follow_lives", tab=_("Wall")),
    Room("lives", _("Lives"), "lives", "watch.follow_lives", frozenset({"live", "transcript"}), _("Lives")),
    Room(
        "alerts",
        _("Alert queue"),
        "queue",
        "moderation.see_alerts",
        frozenset({"alert", "alert-decide", "alert-note"}),
        _("Queue"),
    ),
    Room(
        "rules",
        _("Rules"),
        "rules",
        "rules.see_rules",
        frozenset({"rule", "rule-new", "rules-log", "rules-import"}),
    ),
    Room(
        "clips",
        _("Clips"),
        "clips",
        "clips.see_clips",
        frozenset({"clip", "clip-change", "clip-rename", "clip-share", "clip-settings"}),
    ),
)
SETUP = (
    Room("channels", _("Channels"), "channels", "watch.follow_lives", frozenset({"channel", "channel-add"})),
    Room("policy", _("Policy"), "policy", "risk.edit_policy"),
    Room("connections", _("Connections"), "link", "people.manage_connections"),
    Room("obs", _("OBS"), "frame", "clips.manage_obs", frozenset({"obs-instance"})),
    Room("people", _("People"), "people", "people.manage_people"),
    Room("workspace-settings", _("Settings"), "settings", "people.manage_workspace", frozenset({"api-keys"})),
    Room("webhooks", _("Webhooks"), "bell", "notifications.manage_webhooks", frozenset({"webhook"})),
    Room("audit", _("Audit"), "audit", "governance.read_audit"),
    Room("health", _("Health"), "health", "watch.follow_lives"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A room as one reader sees it from one page."""

    name: str
    label: str | Promise
    short: str | Promise
    icon: str
    address: str
    is_current: bool
    count: int | None = None
    """What waits there; None where nothing is counted."""


class Rail:
    """Where a reader may go from here. Asks the database only when it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        """Take the page's workspace, else the first one of the reader."""
        self._request = request

    @cached_property
    def membership(self) -> Membership | None:
        """The reader in the workspace of the page."""
        known: Membership | None = getattr(self._request, "membership", None)
        return known or next(iter(self._memberships), None)

    @cached_property
    def _memberships(self) -> list[Membership]:
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        return list(people.memberships_of(user))

    @cached_property
    def alerts_to_review(self) -> int | None:
        """How many alerts of the workspace wait for a decision; None for who may not see them."""
        if self.membership is None or not may_see_alerts(self.membership):
            return None
        return alerts.pending_count(self.membership.workspace_id)

    @cached_property
    def unread_notices(self) -> int | None:
        """How much the reader was told and has not seen; None for who is told nothing."""
        if self.membership is None or not may_be_told(self.membership):
            return None
        return notifications.unread_count(self.membership)

    @property
    def workspaces(self) -> list[Workspace]:
        """Every workspace of the reader."""
        return [membership.workspace for membership in self._memberships]

    @property
    def work(self) -> list[Entry]:
        """The rooms one works in."""
        return list(self._entries(WORK))

    @property
    def setup(self) -> list[Entry]:
        """The rooms one sets up or looks after."""
        return list(self._entries(SETUP))

    @property
    def tabs(self) -> list[Entry]:
        """The rooms under the thumb, on a phone."""
        return [*self._entries(tuple(room for room in WORK if room.tab)), *self.setup[:1]]

    @property
    def more(self) -> list[Entry]:
        """The other rooms: on a phone, they are in the menu."""
        return [*self._entries(tuple(room for room in WORK if not room.tab)), *self.setup[1:]]

    def _entries(self, rooms: tuple[Room, ...]) -> Iterator[Entry]:
        if self.membership is None:
            return
        here = self._request.resolver_match.url_name if self._request.resolver_match else None
        for room in rooms:
            if self.membership.may(room.permission):
                address = reverse(room.name, kwargs={"workspace": self.membership.workspace.slug})
                is_current = here in {room.name, *room.inside}
                count = self.alerts_to_review if room.name == "alerts" else None
                yield Entry(room.name, room.label, room.tab or room.label, room.icon, address, is_current, count)


def shell(request: HttpRequest) -> dict[str, object]:
    """Return what the base layout needs."""
    user = getattr(request, "user", None)
    return {
        "membership": getattr(request, "membership", None),
        "rail": Rail(request),
        "theme": getattr(user, "theme", Theme.SYSTEM),
    }
