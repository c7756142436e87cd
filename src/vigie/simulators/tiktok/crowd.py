"""A made-up audience: the same for the same seed, whatever the pace."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from vigie.simulators.tiktok.happenings import (
    Caption,
    Comment,
    Follow,
    Gift,
    Happening,
    Join,
    Like,
    Role,
    Share,
    Viewer,
    ViewerCount,
)

FRENCH = (
    "Bonsoir tout le monde !",
    "salut de Lyon",
    "mdr trop fort ce live",
    "On t’entend très bien",
    "la recette stp ?",
    "J’adore ta cuisine 😍",
    "c’est quoi la musique ?",
    "trop belle cette lumière",
    "Bon courage pour demain",
    "qui regarde depuis le travail ?",
    "Il fait quel temps chez vous ?",
    "merci pour les conseils 🙏",
    "je reviens dans 5 min",
    "première fois ici, c’est super",
    "tu peux répéter la dernière étape ?",
    "ça a l’air délicieux",
    "😂😂😂",
    "bisous de Bruxelles",
    "le chat est de retour !",
    "À samedi alors",
)
ENGLISH = (
    "Hello everyone!",
    "greetings from Dublin",
    "what song is this?",
    "love this so much ❤️",
    "first time here, hi!",
    "can you show that again?",
    "your cat is adorable",
    "lol",
    "good night all",
    "how long does it bake?",
    "that looks delicious",
    "the sound is great today",
)
SPOKEN = (
    "alors on mélange la farine et le sucre",
    "bienvenue à ceux qui arrivent",
    "on laisse reposer dix minutes",
    "merci beaucoup pour les roses",
    "regardez bien la couleur de la pâte",
    "je lis vos questions dans un instant",
)
NAMES = ("Camille", "Léo", "Manon", "Hugo", "Inès", "Jules", "Zoé", "Malik", "Chloé", "Noé", "Emma", "Rayan", "Sarah")
PRESENTS = (
    ("Rose", 5655, 1),
    ("Heart Me", 7934, 1),
    ("Doughnut", 5879, 30),
    ("Cap", 6104, 99),
    ("Galaxy", 11046, 1000),
)
STREAKABLE_UP_TO = 99
"""Diamonds of the dearest gift that can be given in a streak."""
SIZE = 3000
"""People of an audience."""
BUSY = 20
"""So many of them do a good part of it."""
FIRST_USER_ID = 6_700_000_000_000_000_000
COUNTED_EVERY_S, SPOKEN_EVERY_S = 5.0, 4.0
ENGLISH_SHARE = 0.25


@dataclass(slots=True)
class Totals:
    """What the platform counts of a live."""

    present: int = 40
    came: int = 40
    likes: int = 0
    followers: int = 1200
    shares: int = 0


def member(number: int) -> Viewer:
    """Return somebody of the audience: always the same one for a number."""
    name = NAMES[number % len(NAMES)]
    sorts = {Role.MODERATOR: 97, Role.SUBSCRIBER: 23, Role.FAN: 5, Role.FOLLOWER: 3}
    roles = frozenset(role for role, every in sorts.items() if number % every == 1)
    return Viewer(FIRST_USER_ID + number, f"{name.lower()}.{number}", f"{name} {number % 100:02}", roles)


class Crowd:
    """The audience of one live. Not safe to use from two threads."""

    def __init__(self, rng: Random, *, speaks: bool = True) -> None:
        """Draw from `rng`; with captions of the broadcaster where they `speaks`."""
        self._speaks = speaks
        self._rng = rng
        self._totals = Totals()
        self._streaks = count(1)
        self._owed = 0.0
        self._at_s = 0.0
        self._acts = self._act()

    def step(self, dt_s: float, pace: float) -> list[Happening]:
        """Return what happens in the next `dt_s` seconds: `pace` a second, and what the platform tells regularly."""
        before_s, self._at_s = self._at_s, self._at_s + dt_s
        self._owed += dt_s * pace
        done = [next(self._acts) for _ in range(int(self._owed))]
        self._owed -= len(done)
        if _passed(before_s, self._at_s, COUNTED_EVERY_S):
            done.append(ViewerCount(self._totals.present, self._totals.came))
        if self._speaks and _passed(before_s, self._at_s, SPOKEN_EVERY_S):
            done.append(Caption(self._rng.choice(SPOKEN), sentence=int(self._at_s / SPOKEN_EVERY_S)))
        return done

    def _act(self) -> Iterator[Happening]:
        """Yield what the viewers do, one after the other; the steps of a streak come between other things."""
        sorts: dict[Callable[[Viewer], list[Happening]], int] = {
            self._comment: 62,
            self._like: 18,
            self._join: 12,
            self._gift: 4,
            self._follow: 3,
            self._share: 1,
        }
        coming: list[Happening] = []
        while True:
            if coming and self._rng.random() < 0.5:
                yield coming.pop(0)
                continue
            do = self._rng.choices(list(sorts), list(sorts.values()))[0]
            first, *later = do(self._somebody())
            coming.extend(later)
            yield first

    def _somebody(self) -> Viewer:
        rank = 1 + int(BUSY * (self._rng.paretovariate(0.8) - 1))
        return member(min(rank, SIZE))

    def _comment(self, viewer: Viewer) -> list[Happening]:
        if self._rng.random() < ENGLISH_SHARE:
            return [Comment(viewer, self._rng.choice(ENGLISH), "en")]
        return [Comment(viewer, self._rng.choice(FRENCH), "fr")]

    def _like(self, viewer: Viewer) -> list[Happening]:
        taps = self._rng.randint(1, 15)
        self._totals.likes += taps
        return [Like(viewer, taps, self._totals.likes)]

    def _join(self, viewer: Viewer) -> list[Happening]:
        self._totals.came += 1
        self._totals.present = max(5, self._totals.present + self._rng.choice((-1, 0, 1, 1)))
        return [Join(viewer, self._totals.present)]

    def _gift(self, viewer: Viewer) -> list[Happening]:
        name, gift_id, diamonds = self._rng.choices(PRESENTS, (60, 20, 12, 6, 2))[0]
        gift = Gift(viewer, name, gift_id, diamonds, streak=next(self._streaks))
        if diamonds > STREAKABLE_UP_TO:
            return [replace(gift, is_streakable=False)]
        length = self._rng.randint(1, 6)
        return [*(replace(gift, count=n, is_end=False) for n in range(1, length + 1)), replace(gift, count=length)]

    def _follow(self, viewer: Viewer) -> list[Happening]:
        self._totals.followers += 1
        return [Follow(viewer, self._totals.followers)]

    def _share(self, viewer: Viewer) -> list[Happening]:
        self._totals.shares += 1
        return [Share(viewer, self._totals.shares)]


def _passed(before_s: float, now_s: float, every_s: float) -> bool:
    return int(before_s / every_s) != int(now_s / every_s)
