"""Whose turn it is: every live gets its share of the recognizer, whatever the others say. Pure."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """An utterance that waits for its words."""

    utterance_id: int
    live_id: int
    epoch: int
    seq: int
    samples: int
    is_alone: bool = False
    """Whether it must not share its turn: something went wrong before."""

    def may_follow(self, before: "Waiting") -> bool:
        """Return whether it was said right after `before` and can be heard together with it."""
        beside = (self.live_id, self.epoch, self.seq) == (before.live_id, before.epoch, before.seq + 1)
        return beside and not (self.is_alone or before.is_alone)


def next_turns(
    waiting: Iterable[Waiting], turns: int, *, longest: int, after: int = 0, first: Collection[int] = ()
) -> list[list[int]]:
    """Return whom to hear next, the ids of a turn together: one live after the other, each from its oldest on.

    A turn is one utterance, and the neighbours that wait behind it as long as all have at most `longest` samples.

    Args:
        waiting: oldest first.
        turns: how many at most.
        longest: samples; 0 for one utterance a turn.
        after: the live served last; the turn goes on with the one that follows.
        first: lives that go before all others, because something happened there.
    """
    queues: dict[int, deque[Waiting]] = defaultdict(deque)
    for unit in waiting:
        queues[unit.live_id].append(unit)
    order = deque(sorted(queues, key=lambda live: (live not in first, live <= after, live)))
    chosen: list[list[int]] = []
    while order and len(chosen) < turns:
        live = order.popleft()
        chosen.append(_turn(queues[live], longest))
        if queues[live]:
            order.append(live)
    return chosen


def _turn(queue: deque[Waiting], longest: int) -> list[int]:
    last = queue.popleft()
    turn, total = [last.utterance_id], last.samples
    while queue and queue[0].may_follow(last) and total + queue[0].samples <= longest:
        last = queue.popleft()
        turn.append(last.utterance_id)
        total += last.samples
    return turn
