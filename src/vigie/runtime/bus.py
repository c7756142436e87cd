"""How the areas hear of each other, inside one process.

An event is published inside the transaction that makes it true. *Reactions* run at once, in that same transaction: what
they write is committed with its cause or not at all, so nothing derived can be lost. *Followers* run after the commit
and may only tell: push to browsers, wake the engine, print.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

from vigie.errors import VigieError
from vigie.events import Event

Kind = TypeVar("Kind", bound=Event)
Handler = Callable[[Kind], None]

_reactions: dict[type[Event], list[Handler[Any]]] = defaultdict(list)
_followers: dict[type[Event], list[Handler[Any]]] = defaultdict(list)


class NotInTransaction(VigieError):
    """An event must be published inside the transaction that makes it true."""


def react(kind: type[Kind], handler: Handler[Kind]) -> None:
    """Call `handler` inside the transaction of every `kind` published. Its error rolls the whole back."""
    if handler not in _reactions[kind]:
        _reactions[kind].append(handler)


def follow(kind: type[Kind], handler: Handler[Kind]) -> None:
    """Call `handler` after the commit of every `kind` published. Its error is logged and touches nothing."""
    if handler not in _followers[kind]:
        _followers[kind].append(handler)


def unreact(kind: type[Kind], handler: Handler[Kind]) -> None:
    """Take a reaction away."""
    _reactions[kind].remove(handler)


def unfollow(kind: type[Kind], handler: Handler[Kind]) -> None:
    """Stop calling `handler`."""
    _followers[kind].remove(handler)


def publish(event: Event) -> None:
    """Tell everyone concerned. Raises NotInTransaction outside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction
    for handler in _reactions[type(event)]:
        handler(event)
    for handler in _followers[type(event)]:
        _after_commit(handler, event)


def _after_commit(handler: Handler[Kind], event: Kind) -> None:
    def call() -> None:  # not a partial: Django 5.2 logs the __qualname__ of a robust hook that fails
        handler(event)

    transaction.on_commit(call, robust=True)
