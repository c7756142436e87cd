"""How the rest of the outside is driven: sites, receivers of webhooks, a hub of models."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.adapters.conformance.driver import Driver
from vigie.adapters.web.client import WebMedia
from vigie.adapters.webhook.client import HttpWebhooks
from vigie.adapters.whisper.hub import HuggingFaceHub
from vigie.ports import Reach
from vigie.simulators import media, webhooks
from vigie.simulators.hub import HubServer, Repository
from vigie.simulators.media import MediaServer, RunningClock, demo_script
from vigie.simulators.webhooks import WebhookReceiver

SPEED = 16.0
WHOLE_S = 10.0
FOREVER_S = 600.0
SIGNATURE = "s1gnature"
MODEL = Repository(
    "Systran/faster-whisper-base", {"model.bin": bytes(200_000), "config.json": b"{}", "tokenizer.json": b"{}"}
)


class WebSource(Driver[MediaServer]):
    """A live as FLV, which is one connection; what is nonsense in HLS."""

    adapter = "web"
    port = "MediaSource"
    is_stream = True
    patience = "vigie.adapters.web.fetch.READ_S"
    garbage = tuple(
        media.Fault(kind, for_s=FOREVER_S, resources=frozenset({media.Resource.PLAYLIST, media.Resource.SEGMENT}))
        for kind in (media.Kind.HTML, media.Kind.EMPTY, media.Kind.TRUNCATE, media.Kind.REDIRECT, media.Kind.CUT)
    )

    def __init__(self) -> None:
        super().__init__()
        self.secrets += [SIGNATURE]
        self._path = "fr.flv"

    def simulator(self) -> MediaServer:
        return MediaServer(demo_script(), clock=RunningClock(SPEED))

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        web = WebMedia(Reach.NETWORK, speed=SPEED)
        location = await web.resolve(f"{url}/{self._path}?signature={SIGNATURE}")
        self.keepers += [web, location]
        async with aclosing(web.stream(location)) as items:
            async for item in items:
                yield item

    def refuse(self, status: int, wait_s: int) -> None:
        every = frozenset(media.Resource)
        fault = media.Fault(media.Kind.REFUSE, for_s=wait_s or FOREVER_S, resources=every, status=status)
        self.server.break_live("fr", fault)

    def spoil(self, how: media.Fault) -> None:
        self._path = "fr.m3u8"
        self.server.break_live("fr", how)


class Webhooks(Driver[WebhookReceiver]):
    """One notice to a receiver."""

    adapter = "webhook"
    port = "WebhookSender"
    patience = f"{__name__}.WHOLE_S"
    garbage = webhooks.Fault.HUGE, webhooks.Fault.HALF, webhooks.Fault.REDIRECT

    def __init__(self) -> None:
        super().__init__()
        self.secrets += ["p4ssword", "t0ken", SIGNATURE]

    def simulator(self) -> WebhookReceiver:
        return WebhookReceiver()

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        sender = HttpWebhooks(Reach.NETWORK, whole_s=WHOLE_S)
        self.keepers += [sender]
        address = url.replace("://", "://me:p4ssword@") + "/hooks?token=t0ken"
        yield await sender.send(address, b"{}", {"webhook-signature": SIGNATURE})

    def refuse(self, status: int, wait_s: int) -> None:
        self.server.misbehave(webhooks.Fault.BUSY)

    def spoil(self, how: webhooks.Fault) -> None:
        self.server.misbehave(how)


class Models(Driver[HubServer]):
    """A model from a hub: a call that blocks."""

    adapter = "whisper"
    port = "ModelHub"
    patience = "vigie.adapters.whisper.hub.ASK_S"
    garbage = ("model.bin", "config.json", "api")

    def simulator(self) -> HubServer:
        return HubServer(MODEL)

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        progress = list[tuple[int, int]]()
        with TemporaryDirectory() as folder:
            fetching = HuggingFaceHub(url).fetch
            await asyncio.to_thread(fetching, MODEL.name, Path(folder), lambda *told: progress.append(told))
        for told in progress:
            yield told

    def refuse(self, status: int, wait_s: int) -> None:
        self.server.refuse(*[status] * 9, wait_s=wait_s)

    def spoil(self, how: str) -> None:
        if how == "api":
            self.server.refuse(200)
        else:
            self.server.spoil(how)
