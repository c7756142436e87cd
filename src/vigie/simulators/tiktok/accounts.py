"""The accounts that the simulated TikTok knows."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether somebody broadcasts."""

    LIVE = "live"
    PAUSED = "paused"
    OFFLINE = "offline"


class Standing(StrEnum):
    """What TikTok shows of an account to a visitor without one."""

    OPEN = "open"
    PRIVATE = "private"
    """The profile is shown, its lives are not."""
    BANNED = "banned"
    """As if it did not exist, but for the profile page, which says why."""
    AGE_RESTRICTED = "age_restricted"
    """All but the room info and the messages, which are for who is logged in."""


@dataclass(frozen=True, slots=True)
class Account:
    """A broadcaster. Ids that are 0 are made up when the account is added."""

    handle: str
    user_id: int = 0
    room_id: int = 0
    """Of the live that is on, or of the last one."""
    state: State = State.LIVE
    title: str = "Petit live du soir"
    nickname: str = ""
    standing: Standing = Standing.OPEN
    old_handle: str = ""
    """A former handle, forgotten by all but the redirect."""
    redirects: bool = False
    """Whether the pages of the former handle lead to the new one."""

    @property
    def is_listed(self) -> bool:
        """Whether the site shows the account's lives at all."""
        return self.standing in {Standing.OPEN, Standing.AGE_RESTRICTED}

    @property
    def is_live(self) -> bool:
        """Whether the site says that it broadcasts; a pause is part of a live."""
        return self.is_listed and self.state is not State.OFFLINE
