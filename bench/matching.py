"""Keywords: how many chat messages a core looks through, beside the usual ways, in the same run.

All find a keyword anywhere in the same messages, 26 characters on average, and the same hits, or this ends. Ours is
given the messages as they were written, and normalizes them; the peers are given them normalized.

`naive` asks for each keyword whether it is in the message; `re` has one pattern of all of them, and tells only whether
one of them is there; `pyahocorasick` tells which. The first two get only the first messages where there are many.
"""

import importlib
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from importlib.metadata import version
from statistics import median
from time import process_time

from bench import Result, measured
from bench._messages import keywords, messages
from vigie.rules.matching import Keyword, Matcher, Place
from vigie.rules.normalizing import normalize

MESSAGES = 20_000
COUNTS = (10, 100, 1000, 10_000)
ROUNDS = 9
TIMES = 20
"""Ours is done too soon to be measured once: so often it takes about as long as the slow peers."""

Peer = Callable[[Sequence[str]], Sequence[Collection[str] | bool]]


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Measure with few keywords and with many; `quick` gives slow peers fewer messages."""
    written = messages(MESSAGES)
    for count in COUNTS:
        yield from beside_peers(written, keywords(count), looked_at=5_000_000 if quick else 40_000_000)


def beside_peers(written: Sequence[str], words: Sequence[str], *, looked_at: int) -> Iterator[Result]:
    """Measure ours and each peer; a slow one gets messages for `looked_at` comparisons of one with one keyword.

    Raises ValueError where they do not find the same.
    """
    began = process_time()
    matcher = Matcher({0: [Keyword(word, Place.ANYWHERE) for word in words]})
    build_s = process_time() - began
    found = [hits.get(0, ()) for hits in matcher.hits_of(written)]
    plain = [normalize(text) for text in written]
    for name, peer in peers(words).items():
        sample = plain if name == "pyahocorasick" else plain[: max(looked_at // len(words), 1)]
        require_same(peer(sample), found[: len(sample)])
        ours, theirs = rates(matcher, written, peer, sample)
        details: dict[str, object] = {
            "keywords": len(words),
            "messages": len(written),
            "peer_messages": len(sample),
            "hits": sum(map(len, found)),
            "build_ms": round(build_s * 1000, 1),
        }
        yield Result("messages_per_core_s", ours, "1/s", name, theirs, details | versions(name))


def rates(matcher: Matcher[int], written: Sequence[str], peer: Peer, sample: Sequence[str]) -> tuple[float, float]:
    """Return how many messages a second of processor time is enough for, ours and the peer's: medians of rounds."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with measured() as spent:
            for _ in range(TIMES):
                matcher.hits_of(written)
        ours.append(len(written) * TIMES / spent.cpu_s)
        with measured() as spent:
            peer(sample)
        theirs.append(len(sample) / spent.cpu_s)
    return median(ours), median(theirs)


def require_same(theirs: Sequence[Collection[str] | bool], ours: Sequence[Collection[str]]) -> None:
    """Raise ValueError where both did not find the same."""
    for their, our in zip(theirs, ours, strict=True):
        if bool(our) != their if isinstance(their, bool) else set(our) != set(their):
            raise ValueError(f"Ours finds {sorted(our)}, and the peer {their}.")


def peers(words: Sequence[str]) -> Mapping[str, Peer]:
    """Return the peers that are there, and say which is not."""
    found = {"naive": naive(words), "re": one_pattern(words)}
    try:
        found["pyahocorasick"] = automaton(words)
    except ModuleNotFoundError:
        print("bench: pyahocorasick is not installed, so it is not measured.", file=sys.stderr)
    return found


def naive(words: Sequence[str]) -> Peer:
    """Each keyword on its own."""
    return lambda texts: [[word for word in words if word in text] for text in texts]


def one_pattern(words: Sequence[str]) -> Peer:
    """All keywords as one alternation."""
    search = re.compile("|".join(map(re.escape, words))).search
    return lambda texts: [search(text) is not None for text in texts]


def automaton(words: Sequence[str]) -> Peer:
    """All keywords in one automaton."""
    built = importlib.import_module("ahocorasick").Automaton()
    for word in words:
        built.add_word(word, word)
    built.make_automaton()
    return lambda texts: [[word for _, word in built.iter(text)] for text in texts]


def versions(peer: str) -> dict[str, str]:
    """Return the version of a peer that has one of its own."""
    return {"peer_version": version(peer)} if peer == "pyahocorasick" else {}
