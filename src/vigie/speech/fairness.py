"""Whose turn it is: every live gets its share of the recognizer, whatever the others say. Pure."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """An utterance that waits for its words."""

    utterance_id: int
    live_id: int


def next_turns(
    waiting: Iterable[Waiting], turns: int, *, after: int = 0, first: Collection[int] = (), each: int = 1
) -> list[int]:
    """Return the ids of the next utterances: one live after the other, each from its oldest on.

    Args:
        waiting: oldest first.
        turns: how many at most.
        after: the live served last; the turn goes on with the one that follows.
        first: lives that go before all others, because something happened there.
        each: how many a live has at its turn: neighbours can be heard together.
    """
    queues: dict[int, deque[int]] = defaultdict(deque)
    for unit in waiting:
        queues[unit.live_id].append(unit.utterance_id)
    order = deque(sorted(queues, key=lambda live: (live not in first, live <= after, live)))
    chosen: list[int] = []
    while order and len(chosen) < turns:
        live = order.popleft()
        queue = queues[live]
        chosen += [queue.popleft() for _ in range(min(each, len(queue), turns - len(chosen)))]
        if queue:
            order.append(live)
    return chosen
