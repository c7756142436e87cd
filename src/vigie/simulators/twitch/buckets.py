"""The rate limit of Helix: token buckets (https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits)."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """What a call is told of its bucket."""

    allowed: bool
    limit: int
    remaining: int
    full_at_s: int
    """Unix time at which the bucket is full again."""

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer."""
        return {
            "Ratelimit-Limit": str(self.limit),
            "Ratelimit-Remaining": str(self.remaining),
            "Ratelimit-Reset": str(self.full_at_s),
        }


class Bucket:
    """Holds `capacity` points, full at first, and gets as many a minute."""

    def __init__(self, capacity: int, *, now_s: float) -> None:
        self._capacity = capacity
        self._points = float(capacity)
        self._at_s = now_s

    def take(self, now_s: float, *, capacity: int) -> Standing:
        """Take one point if there is one; a changed capacity holds from here on."""
        self._points += (now_s - self._at_s) * capacity / 60 + max(0, capacity - self._capacity)
        self._points, self._capacity, self._at_s = min(self._points, capacity), capacity, now_s
        allowed = self._points >= 1
        if allowed:
            self._points -= 1
        full_at_s = math.ceil(now_s + (capacity - self._points) * 60 / capacity) if capacity else math.ceil(now_s + 60)
        return Standing(allowed, capacity, int(self._points), full_at_s)


class Buckets:
    """One for each user of each client, and one for the client itself."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def take(self, key: tuple[str, str], now_s: float, *, capacity: int) -> Standing:
        """Take one point from the bucket of (client id, user id or empty)."""
        bucket = self._buckets.setdefault(key, Bucket(capacity, now_s=now_s))
        return bucket.take(now_s, capacity=capacity)
