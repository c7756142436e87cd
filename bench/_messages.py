"""Chat messages like those of French and English lives, and keywords to look for in them; always the same ones."""

import random
import re

_SYLLABLES = """
ba be bi bo bu ca ce ci co cu da de di do du fa fe fi fo ga ge gi go la le li lo lu ma me mi mo mu na ne ni no
nu pa pe pi po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo an en on ou oi eau ion ant ent eur ir
er é è ç
"""
_COMMON = """
je tu le la les un mdr lol ptdr trop fort bravo clip stp live salut bonjour coucou merci wesh oui non pourquoi
c'est quoi bien très ça va t'es joue musique chanson 💀 😂 ❤️ 🔥 gg wow the is what love you so good
"""
_RARE_WORDS = 4000


def messages(count: int) -> list[str]:
    """Return messages of 26 characters on average; some shouted, stretched, spelled with digits or bold, or hidden."""
    rng = random.Random(7)  # noqa: S311 -- no secret: the same messages each time
    words = _COMMON.split() + [_word(rng) for _ in range(_RARE_WORDS)]
    weights = [rank**-0.9 for rank in range(1, len(words) + 1)]
    return [_styled(" ".join(rng.choices(words, weights, k=_length(rng))), rng) for _ in range(count)]


def keywords(count: int) -> list[str]:
    """Return small words without accents, of 4 characters or more; two of them are common."""
    rng = random.Random(8)  # noqa: S311 -- no secret: the same keywords each time
    found = {"clip": None, "bravo": None}
    while len(found) < count:
        keyword = f"{_word(rng)}{rng.choice(('', '', '', ' '))}{_word(rng)}".translate(str.maketrans("éèç", "eec"))
        if len(keyword) > 3:
            found[keyword] = None
    return list(found)


def _length(rng: random.Random) -> int:
    return rng.choice((1, 2, 3, 4, 5, 6, 8, 12))


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES.split(), k=rng.choice((1, 2, 2, 3, 3, 4))))


def _styled(text: str, rng: random.Random) -> str:
    match rng.choices(("plain", "shouted", "stretched", "digits", "hidden", "bold"), (84, 7, 4, 2, 1, 2))[0]:
        case "shouted":
            return text.upper()
        case "stretched":
            return re.sub("[aeiou]", lambda vowel: vowel[0] * rng.randint(2, 5), text, count=1)
        case "digits":
            return text.replace("e", "3").replace("a", "4").replace("o", "0")
        case "hidden":
            return "\u200b".join(text[:10]) + text[10:]
        case "bold":
            return "".join(chr(0x1D41A + ord(char) - ord("a")) if "a" <= char <= "z" else char for char in text)
    return text
