"""The contract of adapters: every port of every adapter is held to every clause, or its manifest says why not.

What lies outside is its simulator, behind a line that falls silent or breaks. Times are limits, never measured.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.adapters.conformance.alone import ALONE_WITH
from tests.adapters.conformance.driver import STATUSES, Driver
from tests.adapters.conformance.line import Line
from tests.adapters.conformance.obs import ObsConnecting
from tests.adapters.conformance.others import Models, Webhooks, WebSource
from tests.adapters.conformance.platforms import (
    TikTokChat,
    TikTokMedia,
    TikTokProbe,
    TwitchConsent,
    TwitchMedium,
    TwitchProbing,
    TwitchReading,
)
from tests.adapters.extras import without_extras
from tools import ROOT
from tools.docs import TABLES, manifests
from vigie.ports import ALONE, Airing, Answer, Clause, NotLive, PortError, Sighting

Made = type[Driver[Any]]
TIKTOK: tuple[Made, ...] = (TikTokProbe, TikTokChat, TikTokMedia)
TWITCH: tuple[Made, ...] = (TwitchProbing, TwitchReading, TwitchConsent, TwitchMedium)
DRIVERS: tuple[Made, ...] = (*TIKTOK, *TWITCH, WebSource, Webhooks, Models, ObsConnecting)

MANIFESTS = {manifest.key: manifest for manifest in manifests()}
HELD = {Clause.SIMULATOR, Clause.IMPORTS}
"""Clauses that a test holds adapters to."""
DEADLINE_S = 30.0
PATIENCE_S, WAIT_S = 0.3, 120
OURS = ("vigie.events", "vigie.ports", "builtins", "datetime")
IMPORT_ALL = """
from importlib import import_module
from pkgutil import walk_packages
import vigie.adapters
for module in walk_packages(vigie.adapters.__path__, "vigie.adapters."):
    if module.name not in {"vigie.adapters.whisper.hub", "vigie.adapters.whisper.model"}:
        import_module(module.name)
        print(module.name)
"""
"""The two left out are imported on first use, where their absence is told."""


def named(made: Made) -> str:
    return f"{made.adapter}-{made.port}"


def held_to(clause: Clause, *, streams: bool = False) -> list[Made]:
    """Return whom a test holds to a clause: all but the exempt ones, or those of them that are streams."""
    HELD.add(clause)
    bound = [made for made in DRIVERS if clause not in MANIFESTS[made.adapter].exempt.get(made.port, {})]
    return [made for made in bound if made.is_stream or not streams]


@asynccontextmanager
async def connected(driver: Driver[Any]) -> AsyncIterator[Line]:
    """Yield the line to the simulator."""
    async with asyncio.timeout(DEADLINE_S):
        with driver.server:
            async with Line(driver.server.address) as line:
                yield line


async def some(items: AsyncGenerator[object, None], most: int = 3) -> list[object]:
    """Return the first items, and leave."""
    taken = list[object]()
    async with aclosing(items):
        async for item in items:
            taken.append(item)
            if len(taken) == most:
                break
    return taken


async def trouble(items: AsyncGenerator[object, None]) -> PortError:
    """Return what it breaks with."""
    with pytest.raises(PortError) as caught:
        await some(items, most=10_000)
    assert not isinstance(caught.value, NotLive)
    return caught.value


def strangers(value: object) -> Iterator[str]:
    """Yield the names of the classes in a value that are neither ours nor Python's."""
    kind = type(value)
    if not kind.__module__.startswith(OURS):
        yield f"{kind.__module__}.{kind.__name__}"
    if is_dataclass(value):
        for part in fields(value):
            yield from strangers(getattr(value, part.name))
    elif isinstance(value, tuple | list | frozenset | dict):
        for inner in value.items() if isinstance(value, dict) else value:
            yield from strangers(inner)


# ── what there is of an adapter ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", MANIFESTS)
def test_an_adapter_has_a_simulator_tests_and_a_row_in_the_documentation(key: str) -> None:
    manifest = MANIFESTS[key]
    has_outside = any(Clause.SIMULATOR not in manifest.exempt.get(port, {}) for port in manifest.ports)

    assert has_outside == bool(manifest.simulator)
    assert list((ROOT / "tests/adapters" / key).glob("test_*.py"))
    assert f"`{key}`" in TABLES["adapters"]()
    assert all(f"| {manifest.label} | {port} |" in TABLES["contract"]() for port in manifest.ports)


def test_every_port_is_driven_or_computes_alone() -> None:
    ports = {(manifest.key, port) for manifest in MANIFESTS.values() for port in manifest.ports}
    alone = {(key, port) for key, port in ports if MANIFESTS[key].exempt.get(port, {}).keys() == ALONE.keys()}

    assert {(made.adapter, made.port) for made in DRIVERS} == ports - alone
    assert set(ALONE_WITH) == alone
    assert {(manifest.key, port) for manifest in MANIFESTS.values() for port in manifest.exempt} <= ports


def test_every_clause_is_held_to_or_its_exception_has_a_reason() -> None:
    reasons = [why for it in MANIFESTS.values() for exempt in it.exempt.values() for why in exempt.values()]

    assert set(Clause) == HELD
    assert all(why.endswith(".") and len(why.split()) > 4 for why in reasons)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """What can be imported where nothing of the extras is installed."""
    told = without_extras(IMPORT_ALL)
    assert told.returncode == 0, told.stderr
    return set(told.stdout.split())


@pytest.mark.parametrize("key", MANIFESTS)
def test_it_is_imported_without_its_extra(key: str, imported: set[str]) -> None:
    assert f"vigie.adapters.{key}.client" in imported


# ── leaving ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def leave(reading: "asyncio.Task[list[object]]", line: Line) -> None:
    """Cancel a reader; within a second nothing of it is left."""
    reading.cancel()
    async with asyncio.timeout(1.0):
        await asyncio.wait([reading])
        await line.left()
    assert reading.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("made", held_to(Clause.CLOSES), ids=named)
async def test_who_leaves_while_waiting_leaves_nothing_open(made: Made) -> None:
    driver = made()
    async with connected(driver) as line:
        line.hush()
        reading = asyncio.create_task(some(driver.use(line.url)))
        await line.was_asked.wait()

        await leave(reading, line)


@pytest.mark.parametrize("made", held_to(Clause.CLOSES, streams=True), ids=named)
async def test_who_leaves_a_stream_leaves_nothing_open(made: Made) -> None:
    driver, has_begun = made(), asyncio.Event()

    async def telling(items: AsyncGenerator[object, None]) -> AsyncGenerator[object, None]:
        async with aclosing(items):
            async for item in items:
                has_begun.set()
                yield item

    async with connected(driver) as line:
        reading = asyncio.create_task(some(telling(driver.use(line.url)), most=10_000))
        await has_begun.wait()

        await leave(reading, line)


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("made", "how"),
    [
        pytest.param(made, how, id=f"{named(made)}-{getattr(how, 'kind', how)}")
        for made in held_to(Clause.GARBAGE)
        for how in made.garbage
    ],
)
async def test_nonsense_is_skipped_or_told(made: Made, how: object) -> None:
    driver, items = made(), list[object]()
    async with connected(driver) as line:
        driver.spoil(how)
        with suppress(PortError):
            items += await some(driver.use(line.url))

    assert [name for item in items for name in strangers(item)] == []
    assert [item for item in items if isinstance(item, Sighting) and item.airing is Airing.OFFLINE] == []


@pytest.mark.parametrize("feed", ALONE_WITH.values(), ids=map("-".join, ALONE_WITH))
def test_nonsense_is_told_by_who_computes_alone(feed: Callable[[Path], object], tmp_path: Path) -> None:
    with suppress(PortError):
        assert list(strangers(feed(tmp_path))) == []


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("made", held_to(Clause.REFUSALS), ids=named)
async def test_a_refusal_says_whether_to_ask_again(made: Made, status: int) -> None:
    driver, is_for_good = made(), status in made.for_good
    async with connected(driver) as line:
        driver.refuse(status, 0)
        error = await trouble(driver.use(line.url))

    assert (error.permanent, error.retryable) == (is_for_good, not is_for_good)


@pytest.mark.parametrize("made", held_to(Clause.WAITING), ids=named)
async def test_who_is_asked_to_wait_says_for_how_long(made: Made) -> None:
    driver = made()
    async with connected(driver) as line:
        driver.refuse(429, WAIT_S)
        asked_at = monotonic()
        try:
            (told,) = await some(driver.use(line.url))
        except PortError as error:
            told = error

    assert isinstance(told, PortError | Answer)
    latest_s = WAIT_S + 1.0  # whole seconds, rounded up
    assert latest_s - 2.0 - (monotonic() - asked_at) < (told.retry_after_s or 0.0) <= latest_s


@pytest.mark.parametrize("made", held_to(Clause.SILENCE), ids=named)
async def test_silence_may_pass(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made.patience, PATIENCE_S)
    driver = made()
    async with connected(driver) as line:
        line.hush()
        error = await trouble(driver.use(line.url))

    assert (error.retryable, error.permanent) == (True, False)


@pytest.mark.parametrize("made", held_to(Clause.BREAKS), ids=named)
async def test_a_connection_that_is_reset_may_be_tried_again(made: Made) -> None:
    driver = made()
    async with connected(driver) as line:
        line.cut()
        error = await trouble(driver.use(line.url))

    assert (error.retryable, error.permanent) == (True, False)


@pytest.mark.parametrize("made", held_to(Clause.BREAKS, streams=True), ids=named)
async def test_a_stream_that_is_reset_may_be_tried_again(made: Made) -> None:
    driver = made()
    async with connected(driver) as line, aclosing(driver.use(line.url)) as items:
        await anext(items)
        line.cut()
        error = await trouble(items)

    assert (error.retryable, error.permanent) == (True, False)


# ── what comes out ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("made", held_to(Clause.EVENTS), ids=named)
async def test_what_is_handed_out_is_of_no_vendor(made: Made) -> None:
    driver = made()
    async with connected(driver) as line:
        items = await some(driver.use(line.url))

    assert items
    assert [name for item in items for name in strangers(item)] == []


@pytest.mark.parametrize("status", [None, *STATUSES])
@pytest.mark.parametrize("made", held_to(Clause.SECRETS), ids=named)
async def test_secrets_are_kept(
    made: Made, status: int | None, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    driver, told = made(), list[object]()
    async with connected(driver) as line:
        if status:
            driver.refuse(status, 0)
        with capture_logs() as logs:
            try:
                told += await some(driver.use(line.url))
            except PortError as error:
                told += [error, error.__cause__, str(error)]

    shown = f"{told} {driver.keepers} {logs} {capfd.readouterr()} {caplog.text}"
    assert driver.secrets
    assert [secret for secret in driver.secrets if secret in shown] == []
