"""Virtual audiences of any size: every account is computed from its place, so a million of them take no memory."""

import functools
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import gcd

from vigie.simulators.twitch.users import TwitchUser

EPOCH = datetime(2011, 6, 6, tzinfo=UTC)
"""When Twitch opened."""
YEARLY = (2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 14, 11, 9, 8, 8, 7)
"""How many accounts were made in each year since, roughly: the pandemic is the peak. The shape is assumed."""
HOURLY = (6, 4, 3, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 10, 11, 12, 12, 12, 12, 11, 10, 8)
"""How many in each hour of the day."""
HOUR_EDGES = list(accumulate(HOURLY))
_WORDS = """
pomme lune renard nuage vague jardin coucou bricole panda cactus mousse soleil biscuit marin piano fusee
moka tulipe velo hibou fox river stone pixel ember maple otter cloud comet tiger nova cedar willow lemon
"""
WORDS = _WORDS.split()
SYLLABLES = tuple(c + v for c in "bdfgjklmnprstvz" for v in "aeiou")
STYLES = 4
MASK = 2**64 - 1
FIRST_ID = 1_000_000_000
ROOM = 100_000_000
"""Ids set aside for each audience."""


@dataclass(frozen=True, slots=True)
class Wave:
    """Accounts made together, with logins of one pattern (style 0..3, see `Audience`)."""

    size: int
    begins_at: datetime
    lasts: timedelta = timedelta(days=1)
    style: int = 1


@dataclass(frozen=True, slots=True)
class Audience:
    """`size` accounts, waves included, made before `until`; two with one seed and number are the same.

    Logins have four styles: `moka4821`, `lune_pixel_4821`, `kotemira`, `xx_renard4821_xx`. All are unique.
    """

    size: int
    seed: int
    until: datetime
    waves: tuple[Wave, ...] = ()
    number: int = 0
    """Which audience of its server it is: ids do not overlap."""

    def __post_init__(self) -> None:
        if not sum(wave.size for wave in self.waves) <= self.size <= ROOM:
            raise ValueError(f"An audience of {self.size}: waves must fit in it, and it in {ROOM}.")

    def account(self, index: int) -> TwitchUser:
        """Return the account at a place, 0..size-1; those of the waves come first."""
        wave, place = self._wave(index)
        if wave:
            created_at = wave.begins_at + wave.lasts * self._chance(place, 3)
            login = self._login(index, wave.style)
        else:
            created_at, login = self._created_at(index), self._login(index, int(self._chance(index, 4) * STYLES))
        return TwitchUser(str(self._first_id + index), login, login.title(), created_at.replace(microsecond=0))

    def page(self, start: int, count: int) -> Iterator[TwitchUser]:
        """Yield the accounts from `start` on in the order in which the chat lists them: waves are spread over it."""
        step = next(step for step in range(int(self.size * 0.618) | 1, 2 * self.size + 3) if gcd(step, self.size) == 1)
        for position in range(start, min(start + count, self.size)):
            yield self.account(position * step % self.size)

    def by_id(self, user_id: str) -> TwitchUser | None:
        """Return the account with that id."""
        index = int(user_id) - self._first_id if user_id.isascii() and user_id.isdecimal() else -1
        return self.account(index) if 0 <= index < self.size else None

    def by_login(self, login: str) -> TwitchUser | None:
        """Return the account with that login."""
        digits = "".join(filter(str.isdecimal, login))
        if digits.isascii() and digits:
            index = int(digits) * pow(self._factor, -1, self._modulus) % self._modulus
        else:
            index = _unspelled(login)
        found = self.account(index) if 0 <= index < self.size else None
        return found if found and found.login == login else None

    @property
    def _first_id(self) -> int:
        return FIRST_ID + self.number * ROOM

    @property
    def _modulus(self) -> int:
        return int(10 ** max(3, len(str(self.size))))

    @property
    def _factor(self) -> int:
        return 7_654_321 % self._modulus

    def _wave(self, index: int) -> tuple[Wave | None, int]:
        for wave in self.waves:
            if index < wave.size:
                return wave, index
            index -= wave.size
        return None, index

    def _created_at(self, index: int) -> datetime:
        edges = _yearly_edges(self.until.year)
        place = self._chance(index, 1) * edges[-1]
        year = bisect_left(edges, place)
        within = 1 - (edges[year] - place) / (edges[year] - (edges[year - 1] if year else 0))
        begins = max(EPOCH, datetime(EPOCH.year + year, 1, 1, tzinfo=UTC))
        ends = min(self.until, datetime(EPOCH.year + year + 1, 1, 1, tzinfo=UTC))
        day = begins + timedelta(days=int((ends - begins) / timedelta(days=1) * within))
        return min(max(begins, day.replace(hour=0, minute=0, second=0) + self._time_of_day(index)), self.until)

    def _time_of_day(self, index: int) -> timedelta:
        hour = bisect_left(HOUR_EDGES, self._chance(index, 2) * HOUR_EDGES[-1])
        return timedelta(hours=hour, seconds=int(self._chance(index, 5) * 3600))

    def _login(self, index: int, style: int) -> str:
        number = index * self._factor % self._modulus
        one, two = (WORDS[int(self._chance(index, salt) * len(WORDS))] for salt in (6, 7))
        return (f"{one}{number}", f"{one}_{two}_{number}", _spelled(index), f"xx_{one}{number}_xx")[style]

    def _chance(self, index: int, salt: int) -> float:
        """Return a number 0..1 that only depends on its arguments (splitmix64)."""
        mixed = (self.seed * 0x9E3779B97F4A7C15 + (self.number + index * 16 + salt + 1) * 0xBF58476D1CE4E5B9) & MASK
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = ((mixed ^ (mixed >> shift)) * factor) & MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / 2**53


@functools.cache
def _yearly_edges(last: int) -> list[int]:
    """Return how many accounts, in the measure of `YEARLY`, were made by the end of each year up to `last`."""
    count = last - EPOCH.year + 1
    return list(accumulate((YEARLY + YEARLY[-1:] * count)[:count]))


def _spelled(index: int) -> str:
    """Return a number as a name one can say: at least three syllables."""
    syllables: list[str] = []
    while index or len(syllables) < 3:
        index, rest = divmod(index, len(SYLLABLES))
        syllables.append(SYLLABLES[rest])
    return "".join(reversed(syllables))


def _unspelled(name: str) -> int:
    """Return the number that a name spells; -1 for other names."""
    pairs = [name[place : place + 2] for place in range(0, len(name), 2)]
    if not pairs or not set(pairs) <= set(SYLLABLES):
        return -1
    index = 0
    for pair in pairs:
        index = index * len(SYLLABLES) + SYLLABLES.index(pair)
    return index
