"""`vigie up`: everything in one asyncio program, or some roles of it on a machine of a cluster."""

import asyncio
import errno
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from enum import StrEnum

import structlog
import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.utils import translation

from vigie.clips import cutting, obslink
from vigie.clips import operations as clips
from vigie.errors import VigieError
from vigie.notifications.models import Delivery, Happening, Mail
from vigie.people import operations as people
from vigie.risk.models import Assessment
from vigie.rules import following
from vigie.rules.models import ActionRun
from vigie.runtime import clock, leases, ledger, push
from vigie.runtime.embedded import embedded_engine
from vigie.runtime.instance import only_one
from vigie.runtime.supervisor import Supervisor
from vigie.site import platforms
from vigie.speech import tasks as speech_tasks
from vigie.speech.models import Utterance
from vigie.watch import chatwriter, detecting, watching

log = structlog.get_logger(__name__)

STOP_S = 5.0
OF_PORT = {errno.EADDRINUSE, errno.EACCES}
"""What is wrong with an address when its port is."""


class Role(StrEnum):
    """A part of the product that a machine may run alone."""

    WEB = "web"
    WATCH = "watch"
    WORK = "work"
    BEAT = "beat"


class PortTaken(VigieError):
    """Another program listens there."""


class NeedsBroker(VigieError):
    """One role alone needs REDIS_URL and a PostgreSQL DATABASE_URL: the parts must reach each other."""


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Hold the address of the web server; whoever asks before it runs waits. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            fix = "VIGIE_PORT to another port" if error.errno in OF_PORT else "VIGIE_HOST to an address of this machine"
            raise PortTaken(f"{host}:{port} cannot be used ({error.strerror}). Set {fix}.") from None
        yield listener


def may_be_many() -> bool:
    """Return whether several processes may be one Vigie: not with SQLite, nor without a broker to reach each other."""
    return connection.vendor != "sqlite" and settings.CELERY_BROKER_URL != "memory://"


@contextmanager
def exclusive(roles: frozenset[Role]) -> Iterator[None]:
    """Hold the data folder, where all of Vigie is one process. Raises AlreadyRunning, NeedsBroker."""
    if may_be_many():
        yield
        return
    if roles != frozenset(Role):
        raise NeedsBroker
    with only_one(settings.DATA_DIR):
        yield


def run(roles: frozenset[Role], listener: socket.socket | None) -> None:
    """Run `roles` until SIGINT or SIGTERM; return once everything has ended cleanly."""
    if not may_be_many():
        take_over()
    if Role.WORK in roles:
        people.check_all(clock.now())  # Twitch wants tokens validated at start
    with translation.override(settings.LANGUAGE_CODE):  # pages and mails, unlike the command line, speak the readers'
        asyncio.run(main(roles, listener))


def take_over() -> None:
    """Free what a killed process held: `exclusive` says that there is no other."""
    leases.release_everything()
    ledger.take_back(Utterance.objects.all())
    ledger.take_back(Assessment.objects.all())
    for table in (ActionRun, Happening, Mail, Delivery):
        ledger.take_back(table.objects.all())
    clips.take_back()
    watching.end_forgotten()


async def main(roles: frozenset[Role], listener: socket.socket | None) -> None:
    """Start the parts, wait for a signal, end the parts in the opposite order."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as running:
        await running.enter_async_context(push.attached())
        if Role.WEB in roles and listener is not None:
            await running.enter_async_context(serving(listener))
        if roles & {Role.WORK, Role.BEAT}:
            await running.enter_async_context(working(sweeping=Role.BEAT in roles))
        if Role.WATCH in roles:
            await running.enter_async_context(watching_lives())
        await stop.wait()
        log.info("stopping")


class PageServer(uvicorn.Server):
    """A server that leaves signals alone: the program has one stop event for all its parts."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def web_server() -> uvicorn.Config:
    """Return how pages are served. Only the proxies of the settings are believed about who a visitor is."""
    return uvicorn.Config(
        "vigie.site.asgi:application",  # loads every page: only the web role needs it
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=int(STOP_S),
        ws="websockets-sansio",
        proxy_headers=bool(settings.OPTIONS.trusted_proxies),  # uvicorn would believe whoever is on the loopback
        forwarded_allow_ips=settings.OPTIONS.trusted_proxies,
    )


@asynccontextmanager
async def serving(listener: socket.socket) -> AsyncIterator[None]:
    """Answer pages and sockets while the block runs."""
    server = PageServer(web_server())
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listener]))
        yield
        server.should_exit = True


@asynccontextmanager
async def working(*, sweeping: bool) -> AsyncIterator[None]:
    """Run the engine's tasks while the block runs; starting and stopping it blocks, hence the thread."""
    engine = embedded_engine(sweeping=sweeping)
    await asyncio.to_thread(engine.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(speech_tasks.stop)
        await asyncio.to_thread(engine.__exit__, None, None, None)


@asynccontextmanager
async def watching_lives() -> AsyncIterator[None]:
    """Look for lives, and watch every one that is wanted, while the block runs."""
    stop = asyncio.Event()
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
    watchers = Supervisor(wanted=sync_to_async(watching.wanted), run=watching.watch, owner=owner)
    detectors = Supervisor(wanted=sync_to_async(detecting.wanted), run=detecting.detect, owner=f"{owner}:detectors")
    followers = Supervisor(wanted=following.wanted, run=following.follow, owner=f"{owner}:rules")
    links = Supervisor(wanted=sync_to_async(obslink.wanted), run=obslink.link, owner=f"{owner}:obs")
    async with platforms.at_work(), chatwriter.writing(), cutting.at_work(), asyncio.TaskGroup() as group:
        for supervisor in (watchers, detectors, followers, links):
            group.create_task(supervisor.supervise(stop))
        yield
        stop.set()
