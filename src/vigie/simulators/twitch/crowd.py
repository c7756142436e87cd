"""A crowd for demonstrations: everyday French and English, at a pace."""

import random
from collections.abc import Callable, Sequence
from threading import Event, Thread

LINES = (
    "Salut tout le monde !",
    "Coucou, j’arrive à l’instant",
    "Bonsoir le live, vous parlez de quoi ?",
    "Trop bien l’ambiance ce soir",
    "Quelqu’un a la recette ?",
    "Merci pour le live, ça fait du bien après le boulot",
    "Le son est nickel chez vous ?",
    "Première fois que je passe, c’est sympa ici",
    "haha j’en peux plus",
    "On t’écoute depuis Lille",
    "Tu peux répéter le titre de la musique ?",
    "Bon je file manger, à plus",
    "hello from Leeds!",
    "what a cozy stream",
    "first time here, love it",
    "can you turn the music down a bit?",
    "that cat is the best moderator",
    "lol same here",
    "good luck with the boss",
    "gg, that was close",
    "which keyboard is that?",
    "brb, making tea",
    "see you tomorrow everyone",
    "thanks for answering!",
)
NAMES = (
    "lea_b",
    "tomtom35",
    "nina_dessine",
    "karim92",
    "pixelpaul",
    "sofia_m",
    "hugo_le_chat",
    "emma_reads",
    "jack_w",
    "olive_tree",
)


class Crowd:
    """`names` write in one channel, `pace` lines a minute on average, until they are told to stop.

    Raises ValueError for a pace that is not positive.
    """

    def __init__(
        self, say: Callable[[str, str], object], pace: float, *, rng: random.Random, names: Sequence[str] = NAMES
    ) -> None:
        if pace <= 0:
            raise ValueError("The pace of a crowd is more than 0 lines a minute.")
        self._say = say
        self._pace = pace
        self._rng = rng
        self._names = names
        self._over = Event()
        self._thread = Thread(target=self._run, name="twitch-crowd", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Fall silent."""
        self._over.set()
        self._thread.join()

    def line(self) -> tuple[str, str]:
        """Return who writes next, and what."""
        return self._rng.choice(self._names), self._rng.choice(LINES)

    def _run(self) -> None:
        while not self._over.wait(self._rng.expovariate(self._pace / 60)):
            self._say(*self.line())
