"""Everything that watches writes from another thread, so its tests commit."""

from collections.abc import Iterator

import pytest

from tests.watch.fakes import Memory
from vigie.ports import MediaSource
from vigie.runtime import registry
from vigie.watch import sinks


@pytest.fixture
def memory() -> Iterator[Memory]:
    """The only sink there is."""
    kept, wants = (sinks._factories[:], sinks._recalls[:]), dict(sinks._wants)
    sinks.forget_all()
    memory = Memory()
    sinks.add_sink(memory)
    yield memory
    sinks._factories[:], sinks._recalls[:] = kept
    sinks._wants.update(wants)


class Provided:
    """Puts a source in the place of the web."""

    def __call__(self, media: MediaSource) -> None:
        registry.provide(MediaSource, lambda: media)


@pytest.fixture
def provide() -> Iterator[Provided]:
    """Say which media source there is, for one test."""
    before = registry.current(MediaSource)
    yield Provided()
    registry.withdraw(MediaSource)
    if before:
        registry.provide(MediaSource, before)
