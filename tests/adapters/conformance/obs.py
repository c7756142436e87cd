"""How an OBS is driven: one that saves a replay, tells of it, and saves the next."""

from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlsplit

from tests.adapters.conformance.driver import Driver
from vigie.adapters.obs.client import ObsWebSocket
from vigie.ports import ObsAddress, Reach
from vigie.simulators import obs
from vigie.simulators.obs import ObsServer
from vigie.simulators.obs.faults import OF_MESSAGES


class ObsConnecting(Driver[ObsServer]):
    """A session, and what happens in it; nonsense comes from the beginning on, or once the password was taken."""

    adapter = "obs"
    port = "ObsConnector"
    is_stream = True
    patience = "vigie.adapters.obs.client.ANSWER_S"
    garbage = (
        obs.Fault(obs.Kind.HTML, times=0),
        *(obs.Fault(kind, times=0) for kind in sorted(OF_MESSAGES - {obs.Kind.TEXT})),
        *(obs.Fault(kind, times=0, skip=2) for kind in sorted(OF_MESSAGES - {obs.Kind.GARBAGE})),
    )

    def __init__(self) -> None:
        super().__init__()
        self.server.settings.write_s = 0.0
        self.server.fail(obs.Fault(obs.Kind.UNWRITTEN, times=0))
        self.secrets += [self.server.password]

    def simulator(self) -> ObsServer:
        return ObsServer(Path("nothing-is-written"))

    async def use(self, url: str) -> AsyncGenerator[object, None]:
        where = urlsplit(url)
        connector = ObsWebSocket(Reach.NETWORK)
        address = ObsAddress(str(where.hostname), where.port or 0, self.server.password)
        self.keepers += [connector, address]
        async with connector.connect(address) as session:
            self.keepers += [session]
            yield await session.status()
            await session.save_replay()
            async for event in session.events():
                yield event
                await session.save_replay()

    def refuse(self, status: int, wait_s: int) -> None:
        self.server.fail(obs.Fault(obs.Kind.REFUSE, times=0, status=status, delay_s=wait_s))

    def spoil(self, how: obs.Fault) -> None:
        self.server.fail(how)
